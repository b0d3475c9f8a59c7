"""Statements that the server keeps planned: the same answers and errors as by Django's own cursor."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from huiyin.kernel import prepared

pytestmark = pytest.mark.django_db

ADD = "SELECT %(a)s::bigint + %(b)s::bigint, %(at)s::timestamptz, %(word)s::text"
AT = dt.datetime(2026, 11, 27, 3, tzinfo=dt.UTC)


DIVIDE = "SELECT 6 / %(by)s::int"


def plans(like: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [like])
        return cursor.fetchone()[0]


def test_the_server_keeps_a_statement_that_comes_again_and_answers_the_same():
    before = plans("%bigint + %")
    for number in (1, 40_000, 3_000_000_000, 5):
        given = {"a": number, "b": 2, "at": AT, "word": "回音 %s 'x'"}
        with connection.cursor() as cursor:
            cursor.execute(ADD, given)
            usual = cursor.fetchone()
        assert [prepared.first_row(ADD, given) for _time in range(3)] == [usual] * 3
        assert usual == (number + 2, AT, "回音 %s 'x'")
    assert plans("%bigint + %") > before


def test_the_connection_remembers_no_statement_of_django():
    """Their texts hold what people wrote."""
    prepared.first_row("SELECT %(one)s::int + 41", {"one": 1})
    for number in range(3):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'what somebody said', %s", [number])
    known = connection.connection._prepared
    texts = [query for query, _types in [*known._counts, *known._names]]
    assert texts
    assert not [text for text in texts if b"somebody" in text]


def test_no_row_is_none_and_what_is_asked_is_seen_by_whoever_watches():
    with CaptureQueriesContext(connection) as captured:
        assert prepared.first_row("SELECT 1 WHERE %(never)s", {"never": False}) is None
    assert [one["sql"] for one in captured] == ["SELECT 1 WHERE $1"]


def test_an_error_is_djangos_a_savepoint_holds_it_and_the_statement_goes_on():
    for _time in range(3):
        assert prepared.first_row(DIVIDE, {"by": 2}) == (3,)
        assert plans("SELECT 6 / %")
        with pytest.raises(DatabaseError), transaction.atomic():
            prepared.first_row(DIVIDE, {"by": 0})
        assert prepared.first_row(DIVIDE, {"by": 3}) == (2,)


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_too():
    for _time in range(3):
        assert prepared.first_row(DIVIDE, {"by": 2}) == (3,)
        with pytest.raises(DatabaseError):
            prepared.first_row(DIVIDE, {"by": 0})
        assert prepared.first_row(DIVIDE, {"by": 3}) == (2,)
