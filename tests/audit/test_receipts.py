"""A receipt proves itself to anyone; whatever is changed in it, or in the log, is noticed and said."""

import copy
import datetime as dt
import hashlib
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from huiyin.audit import keys, operations, queries
from huiyin.engines import merkle
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal

pytestmark = pytest.mark.django_db

SALT = bytes(range(32))
CONTENT = {
    "number": "12345678901",
    "received_at": dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC),
    "text": "路灯坏了",
    "files": [hashlib.sha256(b"photo").hexdigest()],
    "deadlines": {"answer": dt.datetime(2026, 3, 8, 8, tzinfo=dt.UTC)},
}


def log(address):
    """The public log without its web pages."""
    parts = urlsplit(address)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    try:
        match parts.path:
            case "key.json":
                return queries.key()
            case "heads.json":
                return {"heads": [queries.head_dict(head) for head in queries.tree_heads()]}
            case "inclusion.json":
                return queries.inclusion(given["leaf"])
            case "consistency.json":
                return queries.consistency(first=int(given["first"]), second=int(given["second"]))
    except Refusal:
        return None


def add(count, start=0):
    return operations.add_leaves([hashlib.sha256(b"%d" % n).digest() for n in range(start, start + count)])


@pytest.fixture
def leaf():
    """The leaf of a case, in a tree of 50 that later grew to 330."""
    add(20)
    content = queries.content(**CONTENT)
    leaf = operations.add_leaf(queries.commitment(salt=SALT, content=content))
    add(29, 1000)
    operations.sign_tree_head()
    return leaf


@pytest.fixture
def receipt(leaf):
    opening = queries.opening(salt=SALT, content=queries.content(**CONTENT))
    whole = queries.receipt(leaf, opening=opening)
    add(280, 2000)
    operations.sign_tree_head()
    return json.loads(json.dumps(whole))


def judge(receipt, **options):
    return queries.verify_receipt(receipt, **({"now": clock.now(), "fetch": log} | options))


def test_a_receipt_holds_against_the_log_and_offline(receipt):
    verdict = judge(receipt)
    assert verdict.problems == []
    assert (verdict.status, verdict.index, verdict.tree_size, verdict.newest_size) == ("proved", 20, 50, 330)
    assert verdict.checked == ["promise", "content", "tree_head", "inclusion", "consistency"]
    offline = judge(receipt, fetch=None, public_key=keys.public())
    assert (offline.status, offline.problems, offline.newest_size) == ("proved", [], None)


def leaves_of(value, path=()):
    """Paths of all single values in a JSON document."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves_of(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves_of(part, (*path, place))
    else:
        yield path


def changed(document, path):
    document = copy.deepcopy(document)
    spot = document
    for step in path[:-1]:
        spot = spot[step]
    old = spot[path[-1]]
    if isinstance(old, int):
        spot[path[-1]] = old + 1
    elif path[-1] in {"at", "recorded_at", "due"}:
        spot[path[-1]] = old.replace("Z", "+01:00")
    else:
        spot[path[-1]] = old[:-1] + ("1" if old[-1] != "1" else "2")
    return document


# What is in the file for reading only, and proved by other parts of it.
SPOKEN = {
    ("log", "url"),
    ("log", "log_id"),
    ("log", "algorithm"),
    ("tree_head", "note"),
    ("tree_head", "log_id"),
}


def test_every_changed_value_is_noticed(receipt):
    paths = [path for path in leaves_of(receipt) if path not in SPOKEN]
    assert len(paths) > 25
    for path in paths:
        for options in ({}, {"fetch": None, "public_key": keys.public()}):
            assert judge(changed(receipt, path), **options).status == "failed", path


def test_every_flipped_bit_of_the_leaf_and_path_is_noticed(receipt):
    for name, place in (("leaf", None), *(("path", step) for step in range(len(receipt["path"])))):
        value = bytes.fromhex(receipt[name] if place is None else receipt[name][place])
        for bit in range(256):
            flipped = bytearray(value)
            flipped[bit // 8] ^= 1 << bit % 8
            wrong = copy.deepcopy(receipt)
            if place is None:
                wrong[name] = flipped.hex()
            else:
                wrong[name][place] = flipped.hex()
            assert judge(wrong, fetch=None, public_key=keys.public()).status == "failed"


@pytest.mark.parametrize("document", [None, [], {}, "x", {"format": "other"}, {"format": "huiyin-receipt-1"}])
def test_what_is_no_receipt_is_said(document):
    verdict = judge(document, fetch=None, public_key=bytes(32))
    assert len(verdict.problems) == 1


def test_a_receipt_of_another_log_is_refused(receipt, settings):
    settings.HUIYIN_LOG_KEY = "cd" * 32
    assert "signs with another key" in judge(receipt).problems[0]
    assert (
        "another key than the one given" in judge(receipt, fetch=None, public_key=keys.public()).problems[0]
    )
    assert "A key" in judge(receipt, fetch=None).problems[0]


def test_a_fresh_receipt_is_a_promise_that_can_be_broken():
    operations.add_leaf(queries.commitment(salt=SALT, content=queries.content(**CONTENT)))
    leaf = add(1)[0]
    receipt = queries.receipt(leaf)
    assert judge(receipt).status == "promised"
    assert judge(receipt, fetch=None, public_key=keys.public()).status == "promised"
    late = judge(receipt, now=clock.now() + dt.timedelta(seconds=61))
    assert late.status == "failed"
    assert "broke its word" in late.problems[0]
    operations.sign_tree_head()
    assert (judge(receipt).status, judge(receipt).index) == ("proved", 1)


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


def test_a_log_that_was_put_back_is_noticed(receipt, leaf):
    newest = queries.receipt(leaf)
    sql("DELETE FROM audit_treehead WHERE number = 2")
    assert "put back" in judge(newest).problems[0]


def test_a_history_written_anew_and_signed_is_noticed(receipt):
    """Even the owner of the key cannot change what a receipt in somebody's hand proves."""
    sql("TRUNCATE audit_leaf, audit_node, audit_treehead")
    add(400, 5000)
    operations.sign_tree_head(batch=50)
    assert queries.verify().troubles == []
    assert "history was rewritten" in judge(receipt).problems[0]


def test_erasing_text_and_salt_leaves_the_proof(receipt):
    del receipt["opening"]
    verdict = judge(receipt)
    assert (verdict.status, verdict.problems) == ("proved", [])
    assert "content" not in verdict.checked


def test_the_text_is_not_in_the_receipt(receipt):
    assert CONTENT["text"] not in json.dumps(receipt, ensure_ascii=False)
    # One who guesses the text cannot check the guess without the salt.
    guess = queries.commitment(salt=b"", content=queries.content(**CONTENT))
    assert merkle.leaf_hash(guess).hex() != receipt["leaf"]


def run(path, *arguments):
    out, code = io.StringIO(), 0
    try:
        call_command("receipt_verify", str(path), *arguments, stdout=out)
    except SystemExit as leave:
        code = leave.code
    lines = out.getvalue().strip().splitlines()
    return code, lines[0], json.loads(lines[-1])


def test_the_command_offline(receipt, tmp_path):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt))
    code, words, told = run(path, "--key", keys.public().hex())
    assert (code, told["ok"], told["status"]) == (0, True, "proved")
    assert "signed tree" in words
    path.write_text(json.dumps(changed(receipt, ("opening", "content", "number"))))
    code, words, told = run(path, "--key", keys.public().hex())
    assert (code, told["ok"], told["status"]) == (1, False, "failed")
    assert "not what the leaf stands for" in words
    path.write_bytes(b"\xff\x00 no JSON")
    assert run(path, "--key", keys.public().hex())[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--against URL"),
        (["--key", "xyz"], "hexadecimal"),
        (["--against", "ftp://city.test"], "https://"),
        (["--against", "http://127.0.0.1:9"], "cannot be read"),
    ],
)
def test_the_command_says_how_it_wants_to_be_called(receipt, tmp_path, arguments, words):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt))
    with pytest.raises(CommandError, match=words):
        call_command("receipt_verify", str(path), *arguments)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("receipt_verify", str(tmp_path / "none.json"), "--key", keys.public().hex())


def test_the_promise_counts_from_when_the_leaf_was_recorded():
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False):
        leaf = add(1)[0]
    assert queries.receipt(leaf)["promise"]["due"] == "2026-03-01T08:01:00.000000Z"
