"""Search queries against search documents in the real database."""

import pytest
from django.db import connection

from huiyin.engines.text import pipeline, query

DOCUMENT = "小区楼下噪聲擾民，停车场 HY-2024-000123 路灯坏了 street lights"


def matches(typed, text):
    understood = query.search_query(typed)
    with connection.cursor() as cursor:
        found = []
        for vector, document in (
            ("to_tsvector('simple', %s)", pipeline.search_document(text)),
            ("%s::tsvector", pipeline.search_vector(text)),
        ):
            cursor.execute(f"SELECT {vector} @@ %s::tsquery", [document, understood.tsquery()])
            found.append(cursor.fetchone()[0])
    assert found[0] == found[1]
    return found[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "噪音",
        "噪聲",
        "噪声扰民",
        "“噪声扰民”",
        "HY-2024-000123",
        "噪",
        "了",
        "坏了 light",
        '"路灯坏了 street"',
        "停车场 -垃圾",
    ],
)
def test_found(typed):
    assert matches(typed, DOCUMENT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["“扰民噪声”", "HY-2024-000124", "垃圾", "路灯 −停车场", "a' | 'b", '"路灯 street"']
)
def test_not_found(typed):
    assert not matches(typed, DOCUMENT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["", "😀", "a'b\\c", "x" * 1_000_000, "".join(map(chr, range(0x4E00, 0x9FFF))) * 50]
)
def test_every_document_and_query_is_accepted(text):
    matches("噪音", text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsquery", [query.search_query(text).tsquery()])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["噪声" * 900, "a b " * 990, "路灯坏了 street lights 路灯", "字" * 1_999, ""]
)
def test_a_short_document_is_stored_like_a_long_one(text, monkeypatch):
    quick = pipeline.search_vector(text)
    monkeypatch.setattr(pipeline, "_SHORT", -1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector::text, %s::tsvector::text", [quick, pipeline.search_vector(text)])
        one, other = cursor.fetchone()
    assert one == other
