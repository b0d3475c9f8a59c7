"""What every notice channel must do: hand over, or say Undeliverable without personal data, and nothing else."""

import smtplib

import pytest
from django.core import mail

from huiyin.notifications.channels.email import Email
from huiyin.notifications.channels.null import Null
from huiyin.notifications.ports import Message, Undeliverable

MESSAGE = Message(address="zhang@x.cn", subject="您的诉求有答复", body="请看。\n", ident="abc@huiyin")
FAULTS = [
    (smtplib.SMTPRecipientsRefused({"zhang@x.cn": (550, b"no zhang@x.cn here")}), True),
    (smtplib.SMTPRecipientsRefused({"zhang@x.cn": (451, b"later, zhang@x.cn")}), False),
    (smtplib.SMTPDataError(554, b"zhang@x.cn is spam"), True),
    (smtplib.SMTPAuthenticationError(535, b"bad password of zhang@x.cn"), False),
    (smtplib.SMTPSenderRefused(421, b"busy", "zhang@x.cn"), False),
    (smtplib.SMTPServerDisconnected("zhang@x.cn"), False),
    (ConnectionRefusedError("zhang@x.cn"), False),
    (TimeoutError("zhang@x.cn"), False),
]


@pytest.fixture(params=[Email, Null])
def channel(request):
    return request.param()


def outcome(channel, message: Message) -> Undeliverable | None:
    try:
        channel.send(message)
    except Undeliverable as error:
        return error
    return None


def test_it_hands_over_or_says_so(channel):
    refused = outcome(channel, MESSAGE)
    assert [sent.to for sent in mail.outbox] == ([] if refused else [["zhang@x.cn"]])
    assert refused is None or refused.permanent


def test_nobody_is_no_address(channel):
    assert outcome(channel, Message(address="", subject="s", body="b", ident="i@huiyin")).permanent


@pytest.mark.parametrize(
    "address", ["a@x.cn\nBcc: b@y.cn", "no address", "x" * 400 + "@x.cn", "李@例子.中国"]
)
def test_odd_addresses_break_nothing(channel, address):
    refused = outcome(channel, Message(address=address, subject="s", body="b", ident="i@huiyin"))
    assert refused is None or address not in refused.reason
    assert all("b@y.cn" not in sent.to for sent in mail.outbox)


def test_health_sends_nothing(channel):
    assert str(channel.check().detail)
    assert mail.outbox == []


@pytest.mark.parametrize(("fault", "permanent"), FAULTS)
def test_faults_of_mail_servers(monkeypatch, fault, permanent):
    def broken(*_args, **_more):
        raise fault

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
    with pytest.raises(Undeliverable) as caught:
        Email().send(MESSAGE)
    assert caught.value.permanent is permanent
    assert "zhang" not in caught.value.reason
    assert caught.value.__cause__ is None, "the server's words would reach the log"


def test_a_dead_mail_server_is_told(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert not Email().check().ok
    with pytest.raises(Undeliverable) as caught:
        Email().send(MESSAGE)
    assert not caught.value.permanent


def test_mails_say_that_a_machine_wrote_them():
    Email().send(MESSAGE)
    assert mail.outbox[0].extra_headers == {"Message-ID": "<abc@huiyin>", "Auto-Submitted": "auto-generated"}
