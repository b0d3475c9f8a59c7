"""Leaves get places, heads get signed, receipts prove themselves; nothing can be changed."""

import datetime as dt
import hashlib
import zoneinfo

import hypothesis
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from hypothesis import strategies as st

from huiyin.audit import keys, operations, queries
from huiyin.audit.models import Leaf, Node, Record, TreeHead
from huiyin.engines import merkle
from huiyin.kernel.errors import Invalid, Missing

pytestmark = pytest.mark.django_db
ZONES = [dt.UTC, zoneinfo.ZoneInfo("Asia/Shanghai"), dt.timezone(dt.timedelta(hours=-5, minutes=-30))]


def commitments(count, start=0):
    return [hashlib.sha256(b"%d" % number).digest() for number in range(start, start + count)]


def test_a_new_leaf_is_a_signed_promise():
    leaf = operations.add_leaf(commitments(1)[0])
    receipt = queries.receipt(leaf)
    assert receipt["leaf"] == leaf == merkle.leaf_hash(commitments(1)[0]).hex()
    assert "tree_head" not in receipt
    recorded, due = (dt.datetime.fromisoformat(receipt["promise"][name]) for name in ("recorded_at", "due"))
    assert due - recorded == dt.timedelta(seconds=60)


def test_the_job_orders_in_batches_and_signs_a_head_for_each():
    hashes = operations.add_leaves(commitments(1000))
    assert operations.sign_tree_head(batch=300) == 1000
    assert list(TreeHead.objects.order_by("number").values_list("number", "size")) == [
        (1, 300), (2, 600), (3, 900), (4, 1000),
    ]  # fmt: skip
    stored = [bytes(value) for value in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    assert [value.hex() for value in stored] == hashes
    for head in TreeHead.objects.all():
        assert bytes(head.root) == merkle.root(stored[: head.size])
        assert keys.holds(
            public_key=keys.public(),
            signature=bytes(head.signature),
            message=queries.head_dict(head)["note"].encode(),
        )
    assert operations.sign_tree_head() == 0
    assert TreeHead.objects.count() == 4


def test_a_head_is_signed_when_only_the_trail_grew():
    operations.add_leaf(commitments(1)[0])
    operations.sign_tree_head()
    operations.record("case.opened", actor="person", subject="case:1")
    assert operations.seal_records() == 1
    operations.sign_tree_head()
    first, second = TreeHead.objects.order_by("number")
    assert (first.size, first.trail_size) == (1, 0)
    assert (second.size, second.trail_size) == (1, 1)
    assert bytes(second.trail_hash) == bytes(Record.objects.get().chain)


def test_every_receipt_holds_on_a_tree_with_stored_nodes():
    hashes = operations.add_leaves(commitments(70_000))
    operations.sign_tree_head()
    head = queries.newest_head()
    assert set(Node.objects.values_list("level", flat=True)) == {8, 16}
    for index in (0, 255, 256, 40_000, 65_535, 65_536, 69_888, 69_999):
        receipt = queries.receipt(hashes[index])
        assert receipt["index"] == index
        assert merkle.inclusion_holds(
            bytes.fromhex(hashes[index]),
            index=index,
            size=70_000,
            path=[bytes.fromhex(step) for step in receipt["path"]],
            root=bytes(head.root),
        )


def test_consistency_between_any_two_heads(django_assert_max_num_queries):
    operations.add_leaves(commitments(3000))
    operations.sign_tree_head(batch=700)
    sizes = list(TreeHead.objects.order_by("size").values_list("size", flat=True))
    for first in sizes:
        for second in sizes:
            if first > second:
                with pytest.raises(Invalid):
                    queries.consistency(first=first, second=second)
                continue
            with django_assert_max_num_queries(4):
                proof = queries.consistency(first=first, second=second)
            assert merkle.consistency_holds(
                first=first,
                second=second,
                first_root=bytes.fromhex(proof["first"]["root"]),
                second_root=bytes.fromhex(proof["second"]["root"]),
                path=[bytes.fromhex(step) for step in proof["path"]],
            )


def test_what_the_log_does_not_have_is_said():
    for leaf in ("00" * 32, "not a hash", ""):
        with pytest.raises(Missing):
            queries.receipt(leaf)
    leaf = operations.add_leaf(commitments(1)[0])
    with pytest.raises(Missing, match="within 60 seconds"):
        queries.inclusion(leaf)
    operations.sign_tree_head()
    with pytest.raises(Missing, match="size 7"):
        queries.inclusion(leaf, size=7)
    late = operations.add_leaf(commitments(1, 1)[0])
    operations.sign_tree_head()
    with pytest.raises(Invalid):
        queries.inclusion(late, size=1)


@hypothesis.given(
    st.binary(min_size=16, max_size=32), st.from_regex(r"[0-9]{11}", fullmatch=True),
    st.datetimes(dt.datetime(1900, 1, 2), dt.datetime(9998, 1, 1), timezones=st.sampled_from(ZONES)), st.text(st.characters(exclude_categories=["Cs"])),
)  # fmt: skip
def test_the_quick_commitment_is_the_commitment(salt, number, received_at, text):
    content = queries.content(number=number, received_at=received_at, text=text)
    quick = queries.plain_commitment(salt=salt, number=number, received_at=received_at, text=text)
    assert quick == queries.commitment(salt=salt, content=content)


def test_a_commitment_must_be_a_hash():
    with pytest.raises(ValueError, match="32 bytes"):
        operations.add_leaf(b"text of the case")


def test_a_leaf_is_recorded_once():
    operations.add_leaf(commitments(1)[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        operations.add_leaf(commitments(1)[0])


@pytest.fixture
def filled():
    operations.record("case.opened", actor="person", subject="case:1")
    operations.add_leaves(commitments(300))
    operations.seal_records()
    operations.sign_tree_head()
    operations.record("case.read", actor="user:3", subject="case:1", why="asked by telephone")
    operations.add_leaf(commitments(1, 300)[0])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET why = 'other' WHERE sequence IS NULL",
        "UPDATE audit_record SET why = 'other' WHERE sequence = 1",
        "UPDATE audit_record SET sequence = 7, chain = '\\x00' WHERE sequence = 1",
        "UPDATE audit_record SET sequence = 2, chain = '\\x00', actor = 'user:9' WHERE sequence IS NULL",
        "UPDATE audit_record SET sequence = NULL, chain = NULL",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
        "UPDATE audit_leaf SET leaf_hash = '\\x00' WHERE index = 3",
        "UPDATE audit_leaf SET index = 999 WHERE index = 3",
        "UPDATE audit_leaf SET recorded_at = now() WHERE index IS NULL",
        "DELETE FROM audit_leaf WHERE index IS NULL",
        "TRUNCATE audit_leaf",
        "UPDATE audit_node SET hash = '\\x00'",
        "DELETE FROM audit_node",
        "TRUNCATE audit_node",
        "UPDATE audit_treehead SET size = 5",
        "DELETE FROM audit_treehead",
        "TRUNCATE audit_treehead",
        "INSERT INTO audit_leaf (recorded_at, leaf_hash, index, chain) VALUES (now(), '\\x01', 900, '\\x00')",
    ],
)
def test_the_database_refuses_every_change(filled, statement):
    with connection.cursor() as cursor:
        for table in ("record", "leaf", "node", "treehead"):
            # Tests with real transactions empty the tables, so the suite starts with these switched off.
            cursor.execute(f"ALTER TABLE audit_{table} ENABLE TRIGGER audit_{table}_truncate")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


def test_the_key_must_be_a_key(settings):
    settings.HUIYIN_LOG_KEY = "secret"
    with pytest.raises(Exception, match="HUIYIN_LOG_KEY"):
        keys.public()


def test_heads_read_as_signed_notes():
    operations.add_leaf(commitments(1)[0])
    operations.sign_tree_head()
    lines = queries.checkpoint(queries.newest_head()).split("\n")
    assert lines[0] == settings.HUIYIN_BASE_URL.removeprefix("http://") + "/log"
    assert lines[1] == "1"
    assert lines[6] == ""
    assert lines[7].startswith(f"— {lines[0]} ")


def test_heads_are_paged():
    operations.add_leaves(commitments(5))
    operations.sign_tree_head(batch=1)
    assert [head.number for head in queries.tree_heads(limit=2)] == [5, 4]
    assert [head.number for head in queries.tree_heads(before=4, limit=9)] == [3, 2, 1]


def test_a_receipt_takes_few_queries_and_names_the_log(django_assert_max_num_queries, settings):
    leaf = operations.add_leaves(commitments(300))[77]
    operations.sign_tree_head()
    with django_assert_max_num_queries(5):
        receipt = queries.receipt(leaf)
    assert receipt["log"]["url"] == settings.HUIYIN_BASE_URL
    assert queries.receipt(leaf, url="https://city.test")["log"]["url"] == "https://city.test"
