"""The public log as people and programs see it."""

import hashlib
import json

import pytest
from django.core.management import call_command

from huiyin.audit import keys, operations, queries
from huiyin.engines import merkle

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def grow(count, start=0):
    hashes = operations.add_leaves([hashlib.sha256(b"%d" % n).digest() for n in range(start, start + count)])
    operations.sign_tree_head()
    return hashes


def test_the_empty_log_says_so(client):
    page = client.get("/log/").content.decode()
    assert "The log is still empty" in page
    assert client.get("/log/heads.json").json() == {"heads": [], "next": None}
    assert client.get("/log/checkpoint").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_few_queries_for_any_number_of_heads(
    client, count, django_assert_max_num_queries
):
    for turn in range(count):
        grow(3, turn * 3)
    with django_assert_max_num_queries(4):
        page = client.get("/log/").content.decode()
    assert f">{count * 3}</td>" in page
    assert keys.public().hex() in page
    assert ("Older tree heads" in page) == (count > 20)


def test_heads_can_all_be_fetched_page_by_page(client):
    for turn in range(7):
        grow(1, turn)
    seen, before = [], ""
    while before is not None:
        answer = client.get(f"/log/heads.json?limit=3&before={before}").json()
        seen += [head["number"] for head in answer["heads"]]
        before = answer["next"]
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_the_form_shows_a_proof_between_two_trees(client):
    grow(5)
    grow(8, 5)
    page = client.get("/log/?first=5&second=13").content.decode()
    assert "The tree of 13 leaves continues the tree of 5." in page
    for step in queries.consistency(first=5, second=13)["path"]:
        assert step in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("first=5&second=12", "There is no tree head of size 12."),
        ("first=13&second=5", "not more than the second"),
        ("first=&second=5", "This field is required."),
        ("first=abc&second=99999999999999999999999", "Enter a whole number."),
        ("leaf=" + "0" * 64, "The log has no such leaf."),
        ("first=5&second=99999999999999999999999", "There is no tree head of size 99999999999999999999999."),
        ("leaf=short", "at least 64 characters"),
        ("leaf=" + "ü" * 64, "The log has no such leaf."),
        ("before=x", "Tree heads"),
    ],
)
def test_what_cannot_be_shown_is_said(client, query, words):
    grow(5)
    grow(8, 5)
    page = client.get(f"/log/?{query}")
    assert page.status_code == 200
    assert words in page.content.decode()


def test_a_leaf_is_found(client):
    leaf = grow(5)[3]
    assert "It is number 3, counted from 0" in client.get(f"/log/?leaf={leaf}").content.decode()
    answer = client.get(f"/log/inclusion.json?leaf={leaf}").json()
    assert merkle.inclusion_holds(
        bytes.fromhex(leaf),
        index=3,
        size=5,
        path=[bytes.fromhex(step) for step in answer["path"]],
        root=bytes.fromhex(answer["tree_head"]["root"]),
    )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("inclusion.json?leaf=" + "0" * 64, 404),
        ("inclusion.json", 404),
        ("consistency.json", 422),
        ("consistency.json?first=1&second=x", 422),
        ("consistency.json?first=4&second=3", 422),
        ("consistency.json?first=3&second=4", 404),
    ],
)
def test_programs_get_refusals_as_json(client, address, status):
    grow(4)
    answer = client.get(f"/log/{address}", headers={"accept": "application/json"})
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_other_sites_may_read_but_nobody_writes(client):
    grow(1)
    for address in ("key.json", "heads.json", "checkpoint", "consistency.json?first=1&second=1"):
        assert client.get(f"/log/{address}")["Access-Control-Allow-Origin"] == "*"
        assert client.post(f"/log/{address}").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_an_outsider_checks_a_receipt_over_the_wire(live_server, tmp_path, capsys):
    leaf = grow(5)[2]
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(queries.receipt(leaf)))
    grow(300, 5)
    call_command("receipt_verify", str(path), "--against", live_server.url)
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (told["ok"], told["tree_size"], told["newest_size"]) == (True, 5, 305)
    assert "consistency" in told["checked"]

    fresh = operations.add_leaf(bytes(32))
    path.write_text(json.dumps(queries.receipt(fresh)))
    call_command("receipt_verify", str(path), "--against", f"{live_server.url}/log/")
    assert json.loads(capsys.readouterr().out.strip().splitlines()[-1])["status"] == "promised"

    # Somebody rewrites history; what the receipt proves no longer fits.
    path.write_text(json.dumps(queries.receipt(leaf)))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_leaf, audit_node, audit_treehead")
    grow(400, 1000)
    with pytest.raises(SystemExit) as left:
        call_command("receipt_verify", str(path), "--against", live_server.url)
    assert left.value.code == 1
    assert "older than the one in the receipt" in capsys.readouterr().out
