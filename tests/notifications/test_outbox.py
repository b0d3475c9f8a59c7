"""The outbox: nothing without its cause, nothing twice at once, nothing lost, nothing personal in errors."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections, transaction

from huiyin.kernel import clock
from huiyin.notifications import logic, operations, queries
from huiyin.notifications.models import Notice
from huiyin.notifications.ports import Undeliverable

pytestmark = pytest.mark.django_db


def enqueue(**given) -> Notice:
    return operations.enqueue(
        "case.answered",
        **{"address": "zhang@x.cn", "reference": "12345678901", "subject": "Answer", "body": "Hello"} | given,
    )


class Fake:
    faults: list = []
    sent: list = []

    def send(self, message):
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(message)


@pytest.fixture
def fake(settings):
    Fake.faults, Fake.sent = [], []
    settings.HUIYIN_CHANNELS = {"email": f"{__name__}.Fake"}
    return Fake


def test_a_notice_goes_out_once():
    notice = enqueue(subject="Answer\nBcc: all@x.cn")
    assert operations.deliver_waiting() == operations.Delivered(sent=1)
    assert operations.deliver_waiting() == operations.Delivered()
    assert [(m.to, m.subject, m.body) for m in mail.outbox] == [
        (["zhang@x.cn"], "Answer Bcc: all@x.cn", "Hello")
    ]
    notice.refresh_from_db()
    assert notice.state == "sent"
    assert notice.sent_at is not None
    assert list(queries.of_case("12345678901")) == [notice]


def test_without_its_cause_there_is_no_notice():
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)
    assert operations.deliver_waiting() == operations.Delivered()


def test_without_an_address_there_is_nothing_to_send():
    assert enqueue(address="") is None
    assert not Notice.objects.exists()


def test_who_takes_the_address_back_gets_nothing_more(fake):
    enqueue()
    operations.deliver_waiting()
    waiting, other = enqueue(), enqueue(reference="2")
    operations.forget_address("12345678901")
    assert not Notice.objects.filter(pk=waiting.pk).exists()
    assert [notice.address for notice in queries.of_case("12345678901")] == [""]
    assert operations.deliver_waiting() == operations.Delivered(sent=1)
    assert fake.sent[-1].address == Notice.objects.get(pk=other.pk).address


def test_it_is_unreadable_in_the_database():
    enqueue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(n)::text FROM notifications_notice n")
        row = cursor.fetchone()[0]
    assert "zhang" not in row
    assert "Hello" not in row


def test_a_busy_server_is_tried_again_later_with_the_same_ident(fake, caplog):
    notice = enqueue()
    fake.faults = [Undeliverable("busy 451", permanent=False), ZeroDivisionError("zhang@x.cn")]
    start = clock.now()
    assert operations.deliver_waiting() == operations.Delivered(postponed=1)
    assert operations.deliver_waiting() == operations.Delivered(), "not yet"
    with time_machine.travel(start + dt.timedelta(minutes=2)):
        assert operations.deliver_waiting() == operations.Delivered(postponed=1)
    notice.refresh_from_db()
    assert (notice.attempts, notice.error, notice.state) == (2, "ZeroDivisionError", "waiting")
    assert queries.backlog().waiting == 1
    with time_machine.travel(start + dt.timedelta(minutes=20)):
        assert operations.deliver_waiting() == operations.Delivered(sent=1)
    notice.refresh_from_db()
    assert notice.error == ""
    assert "zhang" not in caplog.text


def test_after_two_days_it_has_failed(fake):
    notice = enqueue()
    fake.faults = [Undeliverable("busy", permanent=False) for _ in range(20)]
    now = clock.now()
    for _turn in range(9):
        with time_machine.travel(now):
            operations.deliver_waiting()
        now += dt.timedelta(days=1, minutes=1)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("failed", 9)
    assert queries.backlog().failed == 1
    assert sum(logic.BACK_OFF, dt.timedelta()) < dt.timedelta(days=2)


def test_a_dead_address_fails_at_once_and_holds_up_nobody(fake):
    dead, alive = enqueue(), enqueue(address="li@x.cn")
    fake.faults = [Undeliverable("refused 550", permanent=True)]
    assert operations.deliver_waiting() == operations.Delivered(sent=1, failed=1)
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, dead.error, alive.state) == ("failed", "refused 550", "sent")


def test_an_unknown_channel_fails(settings):
    enqueue()
    settings.HUIYIN_CHANNELS = {}
    assert operations.deliver_waiting() == operations.Delivered(failed=1)


def test_where_no_server_is_configured_nothing_is_called_sent(settings):
    settings.HUIYIN_CHANNELS = {"email": "huiyin.notifications.channels.null.Null"}
    enqueue()
    assert operations.deliver_waiting() == operations.Delivered(failed=1)
    assert "recorded" in str(queries.health()["email"].detail)


def test_the_limit_holds(fake):
    for _turn in range(3):
        enqueue()
    assert operations.deliver_waiting(limit=2).sent == 2
    assert queries.backlog().waiting == 1


@pytest.mark.django_db(transaction=True)
def test_workers_share_the_work_and_send_nothing_twice(fake):
    for number in range(20):
        enqueue(reference=str(number), body=str(number))
    barrier, totals = threading.Barrier(4), []

    def work():
        try:
            barrier.wait(10)
            totals.append(operations.deliver_waiting().sent)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(totals) == 20
    assert sorted(int(message.body) for message in fake.sent) == list(range(20))
    assert len({message.ident for message in fake.sent}) == 20
