"""Every kind of tampering, done by somebody who can switch the triggers off, is found and named."""

import hashlib
import io
import json
from contextlib import redirect_stdout

import pytest
from django.core.management import call_command
from django.db import connection

from huiyin.audit import keys, logic, operations, queries
from huiyin.audit.models import Leaf, Node, Record
from huiyin.engines import merkle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def filled():
    """Two rounds of 30 records and 300 leaves, and the triggers off."""
    for turn in range(2):
        operations.record_many(
            operations.Entry("case.read", f"user:{n}", f"case:{n}", data={"turn": turn}) for n in range(30)
        )
        operations.add_leaves([hashlib.sha256(b"%d %d" % (turn, n)).digest() for n in range(300)])
        operations.seal_records()
        operations.sign_tree_head()
    sql("SET session_replication_role = replica")
    yield
    sql("SET session_replication_role = origin")


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def named():
    return [
        (trouble.part, trouble.kind, trouble.first, trouble.last) for trouble in queries.verify().troubles
    ]


def test_what_nobody_touched_is_right():
    findings = queries.verify()
    assert findings.troubles == []
    assert (findings.records, findings.leaves, findings.heads, findings.nodes) == (60, 600, 2, 2)


def test_pending_rows_are_no_trouble():
    sql("SET session_replication_role = origin")
    operations.record("case.read", actor="user:1", subject="case:1")
    operations.add_leaf(bytes(32))
    assert named() == []
    operations.seal_records()
    assert named() == []
    operations.sign_tree_head()
    assert named() == []


@pytest.mark.parametrize(
    "change",
    [
        "why = 'another reason'",
        "actor = 'user:999'",
        "subject = 'case:999'",
        "action = 'case.closed'",
        "at = at + interval '1 microsecond'",
        "data = '{\"turn\": 5}'",
        "chain = sha256('x')",
    ],
)
def test_a_changed_record(change):
    sql(f"UPDATE audit_record SET {change} WHERE sequence = 17")
    found = named()
    assert found[0][:3] in {("trail", "changed", 17), ("trail", "changed", 18)}
    assert ("trail", "changed", 17, 17) in found


def test_removed_records_in_the_middle():
    sql("DELETE FROM audit_record WHERE sequence IN (17, 18, 40)")
    assert named() == [("trail", "missing", 17, 18), ("trail", "missing", 40, 40)]


def test_removed_records_at_the_end():
    sql("DELETE FROM audit_record WHERE sequence > 58")
    assert named() == [("trail", "missing", 59, 60)]


def test_all_records_removed():
    sql("DELETE FROM audit_record")
    assert named() == [("trail", "missing", 1, 60)]


def test_a_removed_record_with_the_rest_renumbered():
    sql("DELETE FROM audit_record WHERE sequence = 17")
    sql("UPDATE audit_record SET sequence = sequence - 1 WHERE sequence > 17")
    found = named()
    assert ("trail", "changed", 17, 17) in found or ("trail", "reordered", 17, 17) in found
    assert ("trail", "missing", 60, 60) in found


@pytest.mark.parametrize(("one", "other"), [(17, 40), (17, 18), (1, 60), (29, 31)])
def test_records_that_changed_places(one, other):
    numbers = {one: other, other: one}
    rows = list(Record.objects.filter(sequence__in=numbers).values_list("id", "sequence"))
    for pk, number in rows:
        sql("UPDATE audit_record SET sequence = %s WHERE id = %s", 1000 + number, pk)
    for pk, number in rows:
        sql("UPDATE audit_record SET sequence = %s WHERE id = %s", numbers[number], pk)
    found = [trouble for trouble in named() if trouble[1] == "reordered"]
    assert found == [("trail", "reordered", number, number) for number in sorted(numbers)]
    assert any("belongs to" in trouble.text for trouble in queries.verify().troubles)
    assert [trouble for trouble in named() if trouble[1] == "changed"] == []


def test_contents_that_changed_places():
    rows = {row["sequence"]: row for row in Record.objects.filter(sequence__in=(5, 9)).values()}
    for number, source in ((5, 9), (9, 5)):
        row = rows[source]
        sql(
            "UPDATE audit_record SET at = %s, actor = %s, subject = %s WHERE sequence = %s",
            row["at"], row["actor"], row["subject"], number,
        )  # fmt: skip
    assert named() == [("trail", "reordered", 5, 5), ("trail", "reordered", 9, 9)]


def test_an_inserted_record():
    sql(
        "INSERT INTO audit_record (at, action, actor, subject, why, data, sequence, chain) "
        "VALUES (now(), 'x', 'y', 'z', '', '{}', 61, sha256('x'))"
    )
    assert named() == [("trail", "changed", 61, 61)]


def test_a_trail_rewritten_with_its_whole_chain():
    sql("UPDATE audit_record SET actor = 'user:999' WHERE sequence = 40")
    chain = logic.GENESIS
    for row in Record.objects.order_by("sequence").values():
        chain = logic.link(chain, logic.record_payload(row["sequence"], row))
        sql("UPDATE audit_record SET chain = %s WHERE id = %s", chain, row["id"])
    assert named() == [("trail", "rewritten", 31, 60)]


def test_a_changed_leaf():
    sql("UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE index = 123")
    found = named()
    assert ("log", "changed", 123, 123) in found
    assert ("log", "rewritten", 0, 299) in found


def test_a_leaf_changed_with_its_whole_chain():
    sql("UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE index = 523")
    chain = logic.GENESIS
    for leaf in Leaf.objects.order_by("index"):
        chain = logic.link(chain, logic.leaf_payload(leaf.index, bytes(leaf.leaf_hash)))
        sql("UPDATE audit_leaf SET chain = %s WHERE id = %s", chain, leaf.pk)
    assert named() == [("log", "rewritten", 300, 599)] or ("log", "rewritten", 300, 599) in named()


def test_removed_leaves():
    sql("DELETE FROM audit_leaf WHERE index IN (100, 599)")
    assert named() == [("log", "missing", 100, 100), ("log", "missing", 599, 599)]


def test_leaves_that_changed_places():
    sql("UPDATE audit_leaf SET index = 10007 WHERE index = 7")
    sql("UPDATE audit_leaf SET index = 7 WHERE index = 70")
    sql("UPDATE audit_leaf SET index = 70 WHERE index = 10007")
    found = named()
    assert ("log", "reordered", 7, 7) in found
    assert ("log", "reordered", 70, 70) in found
    assert [trouble for trouble in found if trouble[1] == "changed" and trouble[0] == "log"] == []


@pytest.mark.parametrize(
    "change",
    ["size = size - 1", "root = sha256('x')", "at = now()", "trail_size = 1", "signature = sha256('x')"],
)
def test_a_changed_tree_head(change):
    sql(f"UPDATE audit_treehead SET {change} WHERE number = 2")
    assert ("heads", "changed", 2, 2) in named()


def test_a_removed_tree_head():
    sql("DELETE FROM audit_treehead WHERE number = 1")
    assert named() == [("heads", "missing", 1, 1)]


def test_the_newest_tree_head_removed():
    sql("DELETE FROM audit_treehead WHERE number = 2")
    assert named() == [("heads", "missing", 300, 599)]


def test_tree_heads_signed_with_another_key(settings):
    former = keys.public()
    settings.HUIYIN_LOG_KEY = "ab" * 32
    assert [trouble[:3] for trouble in named()] == [("heads", "changed", 1), ("heads", "changed", 2)]
    assert queries.verify(former_keys=(former,)).troubles == []


def test_a_log_rewritten_and_signed_by_a_thief_of_the_database(settings):
    """Without the key the forged head is not believed, even where everything else was computed anew."""
    sql("UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE index = 599")
    leaves = [bytes(value) for value in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    sql("UPDATE audit_treehead SET root = %s WHERE number = 2", merkle.root(leaves))
    assert ("heads", "changed", 2, 2) in named()


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_node SET hash = sha256('x') WHERE index = 1", "DELETE FROM audit_node WHERE index = 1"],
)
def test_a_changed_or_removed_node(change):
    sql(change)
    assert named() == [("tree", "changed", 1, 1)]


def test_an_added_node():
    Node.objects.create(level=16, index=5, hash=bytes(32))
    assert named() == [("tree", "added", 0, 0)]


def test_reading_takes_few_queries_however_much_there_is(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        queries.verify()


def run(*arguments):
    out = io.StringIO()
    code = 0
    with redirect_stdout(out):
        try:
            call_command("audit_verify", *arguments, stdout=out)
        except SystemExit as leave:
            code = leave.code
    return code, json.loads(out.getvalue().strip().splitlines()[-1]), out.getvalue()


def test_the_command_says_it_in_words_and_json():
    code, told, _text = run()
    assert (code, told["ok"], told["records"], told["leaves"]) == (0, True, 60, 600)
    sql("DELETE FROM audit_record WHERE sequence = 33")
    code, told, text = run()
    assert (code, told["ok"], told["found"]) == (1, False, 1)
    assert told["troubles"][0]["first"] == 33
    assert "33" in text.splitlines()[-2]


def test_the_command_refuses_a_key_that_is_none():
    with pytest.raises(Exception, match="--former-key"):
        call_command("audit_verify", "--former-key", "xyz")


def test_switched_off_triggers_are_told():
    sql("ALTER TABLE audit_record DISABLE TRIGGER audit_record_change")
    assert any("audit_record_change" in line for line in queries.verify().warnings)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_one_snapshot_is_read():
    findings = queries.verify()
    assert (findings.troubles, findings.records) == ([], 60)
