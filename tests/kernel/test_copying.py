"""Rows that go in by columns come out as they were."""

import datetime as dt

import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel import copying

TEXT = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from("\\\t\r\nN.")
)


@pytest.fixture
def place(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE copied (n serial, t text, f float8, at timestamptz, b bytea) ON COMMIT DROP"
        )
    return "copied"


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT t, f, at, b FROM copied ORDER BY n")
        return cursor.fetchall()


@pytest.mark.django_db
@given(values=st.lists(TEXT, max_size=5))
def test_every_text_comes_out_as_it_went_in(values):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS texts (n serial, t text); DELETE FROM texts")
        copying.insert("texts", {"t": copying.texts(values)})
        cursor.execute("SELECT t FROM texts ORDER BY n")
        assert [text for (text,) in cursor.fetchall()] == values


def test_nothing_moments_numbers_and_bytes(place):
    at = dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    copying.insert(
        place,
        {
            "t": copying.same("x"),
            "f": copying.numbers([None, 0.1]),
            "at": copying.moments([at, None]),
            "b": copying.binary([b"", b"\\x\0"]),
        },
    )
    assert [(t, f, a, bytes(b)) for t, f, a, b in rows()] == [
        ("x", None, at, b""),
        ("x", 0.1, None, b"\\x\0"),
    ]


def test_no_rows_are_no_statement(place, django_assert_num_queries):
    with django_assert_num_queries(0):
        copying.insert(place, {"t": [], "f": copying.same("1")})
    assert rows() == []


def test_a_value_that_does_not_fit_is_an_error_of_the_database(place):
    with pytest.raises(DataError):
        copying.insert(place, {"f": ["neither"]})
