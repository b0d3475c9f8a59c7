"""Statements that the server keeps planned: the same answers and errors as by Django's own cursor."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from huiyin.kernel import prepared

pytestmark = pytest.mark.django_db

ADD = "SELECT %(a)s::bigint + %(b)s::bigint, %(at)s::timestamptz, %(word)s::text"
AT = dt.datetime(2026, 11, 27, 3, tzinfo=dt.UTC)


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%bigint + %%'")
        return cursor.fetchone()[0]


def test_the_server_keeps_a_statement_that_comes_again_and_answers_the_same():
    before = plans()
    for number in (1, 40_000, 3_000_000_000, 5):
        given = {"a": number, "b": 2, "at": AT, "word": "回音 %s 'x'"}
        with connection.cursor() as cursor:
            cursor.execute(ADD, given)
            usual = cursor.fetchone()
        assert [prepared.first_row(ADD, given) for _time in range(3)] == [usual] * 3
        assert usual == (number + 2, AT, "回音 %s 'x'")
    assert plans() > before


def test_no_row_is_none_and_what_is_asked_is_seen_by_whoever_watches():
    with CaptureQueriesContext(connection) as captured:
        assert prepared.first_row("SELECT 1 WHERE %(never)s", {"never": False}) is None
    assert len(captured) == 1


def test_an_error_is_djangos_and_a_savepoint_holds_it():
    for _time in range(4):
        with pytest.raises(DatabaseError), transaction.atomic():
            prepared.first_row("SELECT 1 / %(none)s::int", {"none": 0})
    assert prepared.first_row("SELECT %(one)s::int", {"one": 1}) == (1,)
