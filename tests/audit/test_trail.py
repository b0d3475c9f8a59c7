"""The trail: sealing in any order of commits, looking up, and what may be said in it."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction

from huiyin.audit import logic, operations, queries
from huiyin.audit.models import Leaf, Record, TreeHead


def chain_holds():
    previous = logic.GENESIS
    for number, record in enumerate(Record.objects.exclude(sequence=None).order_by("sequence"), 1):
        assert record.sequence == number
        row = {name: getattr(record, name) for name in ("at", "action", "actor", "subject", "why", "data")}
        previous = logic.link(previous, logic.record_payload(number, row))
        assert bytes(record.chain) == previous
    return True


@pytest.mark.django_db
def test_sealing_numbers_without_gaps_and_is_idempotent():
    for number in range(25):
        operations.record(
            "case.read", actor=f"user:{number}", subject="case:1", data={"n": number, "ü": [1.5, None]}
        )
    assert operations.seal_records(batch=10) == 25
    assert operations.seal_records(batch=10) == 0
    operations.record_many(operations.Entry("case.import", "system", f"case:{n}") for n in range(4100))
    assert operations.seal_records() == 4100
    assert chain_holds()


@pytest.mark.django_db
def test_what_postgresql_cannot_store_does_not_stop_the_act():
    operations.record(
        "x", actor="person", subject="case:1", why="a\0b\ud800", data={"k\0": ["\0", 1, {"z": "\udfff"}]}
    )
    record = Record.objects.get()
    assert record.why == "ab?"
    assert record.data == {"k": ["", 1, {"z": "?"}]}


@pytest.mark.django_db
def test_a_record_lives_and_dies_with_the_act():
    with transaction.atomic():
        operations.record("case.opened", actor="person", subject="case:1")
        transaction.set_rollback(True)
    assert not Record.objects.exists()


@pytest.mark.django_db
def test_search_combines_conditions_and_pages_by_key(django_assert_num_queries):
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    operations.record_many(
        operations.Entry(
            "case.read" if n % 2 else "case.export",
            f"user:{n % 3}",
            f"case:{n % 5}",
            at=noon + dt.timedelta(hours=n // 2),
        )
        for n in range(60)
    )
    with django_assert_num_queries(1):
        page = queries.search(
            actor="user:1", action="case.read", since=noon, until=noon + dt.timedelta(hours=20)
        )
    expected = [n for n in range(60) if n % 3 == 1 and n % 2 and n // 2 < 20]
    assert len(page.records) == len(expected)
    assert page.after is None
    assert {record.actor for record in page.records} == {"user:1"}

    seen, after = [], ""
    while after is not None:
        page = queries.search(after=after, limit=7)
        seen += [record.pk for record in page.records]
        after = page.after
    assert seen == list(Record.objects.order_by("-at", "-id").values_list("pk", flat=True))
    assert len(queries.search(after="not a cursor").records) == 50


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_gets_a_later_number():
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            operations.record("slow", actor="system", subject="case:1")
            operations.add_leaf(bytes(32))
            begun.set()
            go_on.wait(10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    operations.record("quick", actor="system", subject="case:2")
    operations.add_leaf(bytes([1] * 32))
    assert operations.seal_records() == 1
    assert operations.sign_tree_head() == 1
    go_on.set()
    thread.join()
    assert operations.seal_records() == 1
    assert operations.sign_tree_head() == 1
    assert list(Record.objects.order_by("id").values_list("action", "sequence")) == [
        ("slow", 2),
        ("quick", 1),
    ]
    assert list(Leaf.objects.order_by("id").values_list("index", flat=True)) == [1, 0]
    assert chain_holds()


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_do_the_work_once():
    operations.record_many(operations.Entry("x", "system", f"case:{n}") for n in range(3000))
    operations.add_leaves([n.to_bytes(32, "big") for n in range(3000)])
    faults = []

    def run():
        try:
            for _ in range(5):
                operations.seal_records(batch=100)
                operations.sign_tree_head(batch=100)
        except Exception as error:  # noqa: BLE001 -- shown by the test
            faults.append(error)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    operations.seal_records()
    operations.sign_tree_head()
    assert faults == []
    assert chain_holds()
    assert Record.objects.filter(sequence=None).count() == 0
    assert sorted(Leaf.objects.values_list("index", flat=True)) == list(range(3000))
    assert TreeHead.objects.order_by("-number").first().size == 3000


@pytest.mark.django_db
def test_pending_work_is_told():
    assert queries.pending() == {"leaves": 0, "records": 0, "oldest_seconds": 0.0}
    operations.record("x", actor="system", subject="case:1")
    operations.add_leaf(bytes(32))
    told = queries.pending()
    assert (told["leaves"], told["records"]) == (1, 1)
    assert 0 < told["oldest_seconds"] < 60


def test_the_connection_is_read_committed():
    # The jobs take their snapshot after the lock; a stricter level would take it before.
    assert connection.settings_dict.get("OPTIONS", {}).get("isolation_level") is None
