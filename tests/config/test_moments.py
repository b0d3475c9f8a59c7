"""Moments from the database, as Python reads them and as psycopg would."""

import datetime as dt

import psycopg
import pytest
from django.db import connection
from django.db.utils import DataError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from huiyin.config.postgres import base

pytestmark = pytest.mark.django_db

MOMENTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC))


def read(text: str) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOMENTS)
@example(dt.datetime(2026, 11, 27, 3, 0, tzinfo=dt.UTC))
@example(dt.datetime(2026, 11, 27, 3, 0, 0, 100_000, tzinfo=dt.UTC))
@example(dt.datetime(2026, 11, 27, 3, 0, 0, 1, tzinfo=dt.UTC))
def test_a_moment_comes_back_as_it_went_in(moment):
    found = read(moment.isoformat())
    assert (found, found.tzinfo) == (moment, dt.UTC)


def test_every_connection_reads_them_so():
    with connection.cursor() as cursor:
        oid = psycopg.adapters.types["timestamptz"].oid
        assert cursor.connection.adapters.get_loader(oid, psycopg.pq.Format.TEXT) is base._Moment


def test_another_offset_is_the_same_moment():
    moment = dt.datetime(2026, 11, 27, 3, 0, 0, 500_000, tzinfo=dt.UTC)
    with connection.cursor() as cursor:
        for zone in ("UTC", "Asia/Shanghai", "Asia/Kolkata", "America/Lima"):
            cursor.execute("SELECT set_config('timezone', %s, true)", [zone])
            found = read("2026-11-27 08:30:00.5+05:30")
            assert (found, found.tzinfo) == (moment, dt.UTC)


@pytest.mark.parametrize(
    "text", ["infinity", "-infinity", "12026-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC"]
)
def test_what_python_has_no_moment_for_is_refused(text):
    with pytest.raises((DataError, psycopg.DataError)):
        read(text)
