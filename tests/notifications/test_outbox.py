"""The outbox: nothing without its cause, nothing twice at once, nothing lost, nothing personal in errors."""

import datetime as dt
import threading
import zoneinfo

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections, transaction
from hypothesis import given as examples
from hypothesis import strategies as st

from huiyin.kernel import clock
from huiyin.notifications import logic, operations, queries
from huiyin.notifications.enums import Via
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
    for number in range(3):
        enqueue(address=f"p{number}@x.cn")
    assert operations.deliver_waiting(limit=2).sent == 2
    assert queries.backlog().waiting == 1


@pytest.mark.django_db(transaction=True)
def test_workers_share_the_work_and_send_nothing_twice(fake):
    for number in range(20):
        enqueue(address=f"p{number}@x.cn", reference=str(number), body=str(number))
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


def test_what_waits_for_one_address_goes_as_one_message(fake):
    for number in range(10):
        enqueue(reference=str(number), subject=f"S{number}", body=f"body {number}")
    other = enqueue(address="li@x.cn")
    assert operations.deliver_waiting().sent == 11
    assert len(fake.sent) == 2
    digest = next(message for message in fake.sent if message.address != other.address)
    assert digest.subject == "10 messages: S0"
    assert [f"body {number}" in digest.body for number in range(10)] == [True] * 10
    assert set(Notice.objects.exclude(pk=other.pk).values_list("ident", flat=True)) == {digest.ident}


def test_one_address_in_two_ways_is_two_messages(fake, settings):
    settings.HUIYIN_CHANNELS = {"email": f"{__name__}.Fake", "sms": f"{__name__}.Fake"}
    enqueue(address="+8613812345678")
    enqueue(address="+8613812345678", via=Via.SMS)
    assert operations.deliver_waiting().sent == 2
    assert len(fake.sent) == 2


def test_what_a_dead_worker_had_taken_is_sent_by_another(fake):
    notice = enqueue()
    taken = operations._take(100, clock.now())
    assert [row.pk for row in taken] == [notice.pk]
    assert operations.deliver_waiting() == operations.Delivered(), "left to whoever took it"
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11)):
        assert operations.deliver_waiting().sent == 1


def test_a_bounce_is_shown_as_failed(fake):
    notice = enqueue()
    operations.deliver_waiting()
    assert not operations.bounced("", code="550")
    assert not operations.bounced("<somebody@else>", code="550")
    assert operations.bounced(f"<{fake.sent[0].ident}>", code="550")
    notice.refresh_from_db()
    assert (notice.state, notice.error) == ("failed", "bounced 550")


def test_the_log_is_searched_by_an_address_that_it_does_not_show():
    enqueue()
    enqueue(address="li@x.cn", reference="2")
    found = queries.search(key=operations.address_key(" Zhang@x.cn "))
    assert [row.reference for row in found] == ["12345678901"]
    with connection.cursor() as cursor:
        cursor.execute(str(queries.search(number="2").query).replace("= 2", "= '2'"))
        assert "address" not in [column.name for column in cursor.description]


# --- hours -----------------------------------------------------------------------------------------------------------

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 1, 1)).map(
    lambda at: at.replace(tzinfo=dt.UTC)
)


@examples(MOMENTS, st.integers(0, 23), st.integers(0, 23), st.none() | st.integers(0, 23))
def test_nothing_goes_out_in_quiet_hours_nor_much_later(now, begin, end, daily):
    hours = logic.Hours(begin, end, daily)
    found = logic.first_moment(now, hours=hours, zone=ZONE)
    local = found.astimezone(ZONE).hour
    quiet = begin <= local < end if begin <= end else local >= begin or local < end
    assert not quiet or begin == end
    assert now <= found <= now + dt.timedelta(days=2)
    if daily is None and found != now:
        assert local == end


def test_a_digest_comes_once_a_day():
    now = dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC)  # 11:00 in Shanghai
    found = logic.first_moment(now, hours=logic.Hours(21, 8, 9), zone=ZONE)
    assert found == dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)


@pytest.mark.django_db(transaction=True)
def test_a_notice_in_the_night_waits_for_the_morning(fake):
    with time_machine.travel(dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)):  # 23:00
        enqueue(hours=logic.Hours(21, 8))
        assert operations.deliver_waiting() == operations.Delivered()
    with time_machine.travel(dt.datetime(2026, 3, 3, 0, 1, tzinfo=dt.UTC)):  # 08:01
        assert operations.deliver_waiting().sent == 1
