"""Text messages and messengers through Apprise, against a gateway on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from huiyin.kernel.errors import Invalid
from huiyin.notifications import operations, queries
from huiyin.notifications.channels import chat
from huiyin.notifications.enums import Via
from huiyin.notifications.models import Notice, Room
from huiyin.notifications.ports import Message, Undeliverable

MESSAGE = Message(address="+8613812345678", subject="", body="您的诉求已答复。", ident="a@huiyin")
DINGTALK = f"dingtalk://{'a' * 64}/"


class Gateway(BaseHTTPRequestHandler):
    answer, got = 200, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Gateway.got.append((self.path, json.loads(body)))
        self.send_response(Gateway.answer)
        self.end_headers()

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def gateway(settings):
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Gateway.answer, Gateway.got = 200, []
    settings.HUIYIN_SMS_URL = f"json://127.0.0.1:{server.server_port}/send/{{phone}}"
    yield Gateway
    server.shutdown()
    server.server_close()


def test_a_text_message_reaches_the_gateway_with_its_number(gateway):
    assert chat.Sms().check().ok
    chat.Sms().send(MESSAGE)
    path, body = gateway.got[0]
    assert path.rstrip("/").endswith("8613812345678")
    assert body["message"] == "您的诉求已答复。"


def test_a_gateway_that_refuses_is_asked_again_and_its_words_are_not_kept(gateway, caplog):
    gateway.answer = 500
    with pytest.raises(Undeliverable) as caught:
        chat.Sms().send(MESSAGE)
    assert not caught.value.permanent
    assert "13812345678" not in caught.value.reason + caplog.text


def test_a_gateway_that_is_away_is_asked_again(settings):
    settings.HUIYIN_SMS_URL = "json://127.0.0.1:1/{phone}"
    with pytest.raises(Undeliverable) as caught:
        chat.Sms().send(MESSAGE)
    assert not caught.value.permanent


@pytest.mark.parametrize("address", ["", "zhang@x.cn", "138/../../admin", "+86 138"])
def test_what_is_no_number_goes_nowhere(gateway, address):
    with pytest.raises(Undeliverable) as caught:
        chat.Sms().send(Message(address=address, subject="", body="x", ident="i"))
    assert caught.value.permanent
    assert not gateway.got


@pytest.mark.parametrize("url", ["", "nonsense://x", "json://127.0.0.1/send"])
def test_a_gateway_that_cannot_be_read_is_told_on_the_health_page(settings, url):
    settings.HUIYIN_SMS_URL = url
    assert not chat.Sms().check().ok


@pytest.mark.parametrize("url", [DINGTALK, f"wecombot://{'b' * 36}", f"feishu://{'c' * 36}"])
def test_the_three_messengers_are_understood(url):
    assert chat.is_room(url)


@pytest.mark.parametrize(
    "url", ["json://127.0.0.1/", "https://x.cn", "mailto://a:b@x.cn", "dingtalk://", "x", "file:///etc"]
)
def test_other_addresses_are_no_room(url):
    """An address that opens any page would let somebody in Manage reach inner machines."""
    assert not chat.is_room(url)
    with pytest.raises(Undeliverable) as caught:
        chat.Chat().send(Message(address=url, subject="", body="x", ident="i"))
    assert caught.value.permanent


@pytest.mark.django_db
def test_a_room_is_kept_encrypted_and_refused_if_it_is_none():
    operations.name_room(7, url=DINGTALK)
    assert queries.room(7) == DINGTALK
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT url FROM notifications_room")
        assert "dingtalk" not in cursor.fetchone()[0]
    with pytest.raises(Invalid):
        operations.name_room(7, url="json://127.0.0.1/")
    operations.name_room(7, url="")
    assert not Room.objects.exists()


@pytest.mark.django_db
def test_from_the_outbox_to_the_gateway(gateway, settings):
    settings.HUIYIN_CHANNELS = {"sms": "huiyin.notifications.channels.chat.Sms"}
    operations.enqueue("answer", address="+8613812345678", reference="1", subject="", body="好", via=Via.SMS)
    assert operations.deliver_waiting().sent == 1
    assert Notice.objects.get().state == "sent"
    assert len(gateway.got) == 1
