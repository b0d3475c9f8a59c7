"""Mails become cases or join them; machines, loops and mails that came back become nothing; nothing comes twice."""

import imaplib
import io

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.models import Case, Message
from huiyin.files.ports import ScannerDown
from huiyin.notifications import operations as notifications
from huiyin.notifications.models import Notice
from huiyin.organisations import operations as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.usecases import mail, mailbox
from tests import factories
from tests.engines.test_mail import PHOTO, PLAIN, multipart, raw
from tests.factories import uploads

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installation(settings, tmp_path):
    settings.HUIYIN_MAIL_ADDRESS = "say@city.cn"
    factories.channel("email")


def letter(
    *more: str, body: str = "路灯坏了", ident: str = "<1@b.cn>", sender: str = "李四 <li@b.cn>"
) -> bytes:
    return raw(
        f"From: {sender}",
        "To: say@city.cn",
        f"Message-ID: {ident}",
        "Subject: 五一路",
        *more,
        body=body.encode(),
    )


def told(case):
    """The notice that a mail brought about, sent; what the mail looked like."""
    notifications.deliver_waiting()
    return outbox.outbox[-1]


def test_a_mail_becomes_a_case_and_its_sender_is_told(settings):
    received = mail.receive(letter())
    case = Case.objects.get(number=received.number)
    assert (received.kind, case.text, case.channel.code, case.language) == (
        "case",
        "五一路\n\n路灯坏了",
        "email",
        "zh-hans",
    )
    assert (case.contact.name, case.contact.email, case.contact.wants_mail) == ("李四", "li@b.cn", True)
    assert case.state == "received", "a dispatcher looks at it"
    sent = told(case)
    assert sent.to == ["li@b.cn"]
    assert sent.reply_to[0].startswith("say+")
    assert (
        mail.receive(letter(body="Hello", ident="<2@b.cn>").replace("五一路".encode(), b"x")).kind == "case"
    )
    assert Case.objects.order_by("-pk")[0].language == "en"


def test_the_same_mail_twice_is_one_case():
    assert mail.receive(letter()).kind == "case"
    assert mail.receive(letter()).kind == "repeated"
    assert Case.objects.count() == 1


@pytest.mark.parametrize("way", ["address", "subject", "in-reply-to", "references"])
def test_an_answer_joins_its_case(way):
    number = mail.receive(letter()).number
    sent = told(number)
    ident = sent.extra_headers["Message-ID"].strip("<>")
    token = ident.partition("@")[0]
    header = {
        "address": f"Cc: {sent.reply_to[0].upper()}",
        "subject": f"X-Old: 1\r\nSubject: Re: [#{token}]",
        "in-reply-to": f"In-Reply-To: <{ident}>",
        "references": f"References: <0@b.cn> <{ident}>",
    }[way]
    body = "门口那盏\n\nOn Thu X <say@city.cn> wrote:\n> http://x/follow/link/secret/"
    answer = letter(header, body=body, ident="<2@b.cn>")
    if way == "subject":
        answer = answer.replace("Subject: 五一路\r\n".encode(), b"")
    received = mail.receive(answer)
    assert (received.kind, received.number) == ("answer", number)
    assert Message.objects.get().text == "门口那盏"
    assert Case.objects.count() == 1
    assert mail.receive(answer).kind == "repeated"


@pytest.mark.parametrize("token", ["0" * 32, "x", "", "../../etc"])
def test_a_wrong_token_joins_nothing(token):
    factories.case()
    received = mail.receive(letter(f"Cc: say+{token}@city.cn", f"In-Reply-To: <{token}@huiyin>"))
    assert received.kind == "case"
    assert not Message.objects.exists()


def test_links_into_a_case_are_in_no_case():
    mail.receive(letter(body="看 https://x.cn/follow/link/geheim/ 这里"))
    assert "geheim" not in Case.objects.get().text


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: list", "Return-Path: <>", "X-Autoreply: 1"],
)
def test_machines_get_no_case_and_no_answer(header):
    assert mail.receive(letter(header)).kind == "automatic"
    assert not Case.objects.exists()
    assert not Notice.objects.exists()
    assert Record.objects.get(action="mail.received").data["kind"] == "automatic"


@pytest.mark.parametrize("sender", ["say@city.cn", "say+abc@city.cn", "huiyin@localhost"])
def test_our_own_mails_do_not_come_round(sender):
    assert mail.receive(letter(sender=sender)).kind == "automatic"
    assert mail.receive(letter(ident="<abc@huiyin>")).kind == "automatic"
    assert not Case.objects.exists()


def test_a_mail_that_came_back_is_shown_on_the_notice_and_the_case_and_makes_none(client):
    number = mail.receive(letter()).number
    ident = told(number).extra_headers["Message-ID"].encode()
    report = multipart(
        PLAIN,
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        b"Content-Type: message/rfc822\r\n\r\nMessage-ID: " + ident + b"\r\n\r\nold",
        kind="report",
        headers=("From: MAILER-DAEMON@b.cn", "To: say@city.cn"),
    )
    assert mail.receive(report.replace(b"5.1.1", b"4.4.1")).kind == "bounce"
    assert Notice.objects.get().state == "sent", "a delay is no failure"
    assert mail.receive(report).kind == "bounce"
    notice = Notice.objects.get()
    assert (notice.state, notice.error) == ("failed", "bounced 5.1.1")
    assert Case.objects.count() == 1
    client.force_login(factories.user((Role.DISPATCHER, None)))
    page = client.get(f"/desk/cases/{number}/", headers={"accept-language": "en"}).text
    assert "Notices that did not arrive" in page
    assert "bounced 5.1.1" in page
    assert "li@b.cn" not in page


def test_attachments_are_kept_by_the_usual_checks_and_the_others_are_named():
    photo = b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    import base64

    photo += base64.encodebytes(uploads.picture(exif=uploads.gps_exif()))
    program = b"Content-Type: application/x-msdownload; name=b.exe\r\n\r\nMZ" + b"\0" * 50
    received = mail.receive(
        multipart(PLAIN, photo, program, headers=("From: a@b.cn", "Message-ID: <3@b.cn>"))
    )
    case = Case.objects.get(number=received.number)
    (used,) = case.files.select_related("file")
    assert (used.file.name, used.file.content_type) == ("a.jpg", "image/jpeg")
    assert "b.exe" in case.text
    assert "plain words" in case.text


def test_what_is_too_long_is_cut_and_what_is_empty_says_so():
    organisations.change_setting(SettingKey.TEXT_MAX_CHARACTERS, value="1000", actor="system")
    mail.receive(letter(body="长" * 5_000))
    case = Case.objects.get()
    assert len(case.text) == 1000
    assert case.text.endswith("…")
    received = mail.receive(multipart(PHOTO, headers=("From: a@b.cn", "Message-ID: <9@b.cn>")))
    assert received.kind == "case"


@pytest.mark.parametrize(
    ("given", "reason"),
    [(b"", "empty"), (raw("Subject: x"), "no sender"), (b"x" * (mail.MOST_BYTES + 1), "too large")],
)
def test_what_is_no_mail_is_refused(given, reason):
    received = mail.receive(given)
    assert (received.kind, received.reason) == ("refused", reason)
    assert not Case.objects.exists()


def test_a_flood_of_one_sender_is_stopped():
    organisations.change_setting(SettingKey.CASES_PER_ADDRESS_HOUR, value="3", actor="system")
    kinds = [mail.receive(letter(ident=f"<{number}@b.cn>")).kind for number in range(5)]
    assert kinds == ["case", "case", "case", "refused", "refused"]
    assert mail.receive(letter(ident="<99@b.cn>", sender="other@b.cn")).kind == "case"


def test_while_files_cannot_be_checked_the_mail_is_brought_again(monkeypatch):
    def down(*_args, **_more):
        raise ScannerDown

    with monkeypatch.context() as patched:
        patched.setattr("huiyin.files.operations.store", down)
        with pytest.raises(ScannerDown):
            mail.receive(multipart(PLAIN, PHOTO, headers=("From: a@b.cn", "Message-ID: <3@b.cn>")))
    assert (
        mail.receive(multipart(PLAIN, PHOTO, headers=("From: a@b.cn", "Message-ID: <3@b.cn>"))).kind == "case"
    )


def test_a_mail_is_piped_to_the_command(monkeypatch, capsys):
    class Pipe:
        buffer = io.BytesIO(letter())

    monkeypatch.setattr("sys.stdin", Pipe)
    call_command("receive_mail")
    assert capsys.readouterr().out.split() == ["case", Case.objects.get().number]
    Pipe.buffer = io.BytesIO(letter(ident="<2@b.cn>"))
    monkeypatch.setattr(mail, "_receive", lambda _raw: 1 / 0)
    with pytest.raises(CommandError) as raised:
        call_command("receive_mail")
    assert raised.value.returncode == 75


class Box:
    """A mailbox as imaplib shows it."""

    def __init__(self, mails):
        self.mails, self.flags = mails, {}

    def __call__(self, host, port, ssl_context, timeout):
        if host == "down.example":
            raise OSError
        return self

    def login(self, user, password):
        if password != "right":
            raise imaplib.IMAP4.error("no")

    def select(self, folder):
        return "OK", [b"1"]

    def logout(self):
        pass

    def uid(self, command, *rest):
        if command == "SEARCH":
            return "OK", [" ".join(uid for uid in self.mails if uid not in self.flags).encode()]
        if command == "FETCH":
            return "OK", [(b"1 (BODY[]<0> {3}", self.mails[rest[0]]), b")"]
        self.flags[rest[0]] = rest[2]
        return "OK", [b""]


@pytest.fixture
def box(monkeypatch, settings):
    found = Box({"1": letter(), "2": b"", "3": letter(ident="<3@b.cn>")})
    monkeypatch.setattr(imaplib, "IMAP4_SSL", found)
    settings.HUIYIN_IMAP_HOST, settings.HUIYIN_IMAP_PASSWORD = "mail.city.cn", "right"
    return found


def test_a_mailbox_is_read_once(box):
    assert mailbox.fetch() == mailbox.Fetched(taken=2, refused=1)
    assert box.flags == {"1": r"(\Seen)", "2": r"(\Seen \Flagged)", "3": r"(\Seen)"}
    assert mailbox.fetch() == mailbox.Fetched()
    assert Case.objects.count() == 2


def test_a_mail_that_fails_for_the_moment_stays_and_the_others_go_on(box, monkeypatch):
    whole = mail.receive
    monkeypatch.setattr(mail, "receive", lambda given: whole(given) if b"<3@" in given else 1 / 0)
    assert mailbox.fetch() == mailbox.Fetched(taken=1, left=2)
    assert list(box.flags) == ["3"]


def test_the_mailbox_says_how_it_stands(box, settings):
    assert mailbox.check().ok
    settings.HUIYIN_IMAP_PASSWORD = "wrong"
    assert not mailbox.check().ok
    settings.HUIYIN_IMAP_HOST = "down.example"
    assert not mailbox.check().ok
    settings.HUIYIN_IMAP_HOST = ""
    assert mailbox.check().ok
