"""The mailbox against a real IMAP server: Dovecot (Debian package dovecot-imapd) on this machine, over TLS."""

import base64
import datetime as dt
import grp
import imaplib
import ipaddress
import os
import pwd
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core import mail as outbox

from huiyin.cases.models import Case, CaseFile, Message
from huiyin.kernel import clock
from huiyin.notifications import operations as notifications
from huiyin.usecases import mail, mailbox
from tests import factories
from tests.engines.test_mail import multipart, raw
from tests.factories import uploads

pytestmark = pytest.mark.django_db
DOVECOT = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
PASSWORD = 'right "one"'
CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/certificate.pem
ssl_key = <{home}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
"""


@pytest.fixture(scope="module")
def server():
    """Port and folder of a server that runs for these tests."""
    if DOVECOT is None:
        pytest.skip("NO IMAP SERVER: install dovecot-imapd to test the mailbox against a real one")
    # Short, because of the sockets in it, and open to the server's own users.
    home = Path(tempfile.mkdtemp(prefix="huiyin-imap-", dir="/tmp"))
    home.chmod(0o755)
    certificate(home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    own = {"user": owner.pw_name, "group": grp.getgrgid(owner.pw_gid).gr_name, "login": owner.pw_name}
    if root:
        own = {"user": "dovecot", "group": "dovecot", "login": "dovenull"}
    (home / "mail").mkdir()
    os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
    (home / "users").write_text("say:{PLAIN}" + PASSWORD + "\n")
    text = CONFIGURATION.format(home=home, port=port, uid=owner.pw_uid, gid=owner.pw_gid, **own)
    (home / "dovecot.conf").write_text(text)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(home / "dovecot.conf")], stderr=subprocess.DEVNULL)
    try:
        wait_for(port, home, process)
        yield port, home
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home)


def certificate(home):
    """A certificate that signs itself, for this machine's own address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (home / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (home / "key.pem").write_bytes(private)


def wait_for(port, home, process):
    for _try in range(200):
        time.sleep(0.1)
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    log = home / "log"
    said = log.read_text() if log.exists() else ""
    raise AssertionError(f"Dovecot does not answer: {process.poll()} {said[-2000:]}")


@pytest.fixture
def box(server, settings, monkeypatch):
    """The mailbox as a person's own mail program sees it, empty at the beginning."""
    port, home = server
    settings.HUIYIN_MAIL_ADDRESS = "say@city.cn"
    settings.HUIYIN_IMAP_HOST, settings.HUIYIN_IMAP_PORT = "127.0.0.1", port
    settings.HUIYIN_IMAP_USER, settings.HUIYIN_IMAP_PASSWORD = "say", PASSWORD
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "certificate.pem"))
    factories.channel("email")
    with imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=ssl.create_default_context()) as seen:
        seen.login("say", PASSWORD)
        folder = settings.HUIYIN_IMAP_FOLDER = f"Box {secrets.token_hex(4)}"
        seen.create(f'"{folder}"')
        seen.select(f'"{folder}"')
        yield seen


def put(box, *mails):
    for one in mails:
        assert box.append(f'"{settings.HUIYIN_IMAP_FOLDER}"', None, None, one)[0] == "OK"


def flags(box):
    """The flags of every mail, oldest first."""
    box.noop()
    _state, found = box.fetch("1:*", "(FLAGS)")
    # What changed by itself is told beside what was asked for.
    newest = {int(line.split()[0]): set(imaplib.ParseFlags(line)) for line in found}
    return [newest[number] - {rb"\Recent"} for number in sorted(newest)]


def letter(number, body="路灯坏了", *more):
    return raw(
        "From: 李四 <li@b.cn>", "To: say@city.cn", f"Message-ID: <{number}@b.cn>", "Subject: 五一路", *more,
        body=body.encode(),
    )  # fmt: skip


def test_mails_become_cases_are_marked_and_come_once(box):
    put(box, letter(1), letter(2, "第二件"), letter(3, "我在休假", "Auto-Submitted: auto-replied"))
    assert mailbox.check().ok
    result = mailbox.fetch()
    assert (result.taken + result.refused, result.left) == (3, 0)
    assert sorted(Case.objects.values_list("text", flat=True)) == ["五一路\n\n第二件", "五一路\n\n路灯坏了"]
    assert all(rb"\Seen" in one for one in flags(box))
    assert mailbox.fetch() == mailbox.Fetched()
    assert Case.objects.count() == 2


def test_what_fails_for_the_moment_stays_unread_and_is_taken_in_later(box, monkeypatch):
    put(box, letter(1), letter(2, "第二件"))
    whole = mail.receive
    with monkeypatch.context() as broken:
        broken.setattr(mail, "receive", lambda given: whole(given) if b"<2@" in given else 1 / 0)
        assert mailbox.fetch() == mailbox.Fetched(taken=1, left=1)
    assert [rb"\Seen" in one for one in flags(box)] == [False, True]
    assert mailbox.fetch() == mailbox.Fetched(taken=1)
    assert Case.objects.count() == 2


def test_an_answer_joins_its_case_with_its_photo(box):
    put(box, letter(1))
    mailbox.fetch()
    case = Case.objects.get()
    notifications.deliver_waiting()
    address = outbox.outbox[-1].reply_to[0]
    photo = base64.encodebytes(uploads.picture())
    said = b"Content-Type: text/plain; charset=gb18030\r\n\r\n" + "还是坏的".encode("gb18030")
    shown = b"Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    headers = (
        "From: li@b.cn",
        f"To: {address}",
        "Message-ID: <2@b.cn>",
        "Subject: Re: x",
        "MIME-Version: 1.0",
    )
    put(box, multipart(said, shown + photo, headers=headers))
    assert mailbox.fetch() == mailbox.Fetched(taken=1)
    assert Case.objects.get() == case
    assert "还是坏的" in Message.objects.get(case=case).text
    assert CaseFile.objects.get(case=case).file.kind == "image"


def test_a_mail_that_is_too_large_is_refused_and_flagged_without_being_read_whole(box, monkeypatch):
    monkeypatch.setattr(mail, "MOST_BYTES", 2_000)
    put(box, letter(1, "路" * 5_000), letter(2))
    assert mailbox.fetch() == mailbox.Fetched(taken=1, refused=1)
    assert flags(box) == [{rb"\Seen", rb"\Flagged"}, {rb"\Seen"}]


def test_a_wrong_password_a_missing_folder_and_a_strangers_certificate_are_told(box, settings, monkeypatch):
    settings.HUIYIN_IMAP_FOLDER = "Nowhere"
    assert not mailbox.check().ok
    settings.HUIYIN_IMAP_FOLDER = "Inbox"
    assert mailbox.check().ok
    monkeypatch.delenv("SSL_CERT_FILE")
    assert not mailbox.check().ok, "nobody vouches for this certificate"
    with pytest.raises(ssl.SSLError):
        mailbox.fetch()
    monkeypatch.undo()
    settings.HUIYIN_IMAP_PASSWORD = "wrong"
    assert not mailbox.check().ok
