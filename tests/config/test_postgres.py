"""A connection that lay idle is looked at before it is used, without a question to the server."""

import time

import pytest
from django.db import DatabaseError, connection

from tests.factories.database import somebody_else

pytestmark = pytest.mark.django_db(transaction=True)


def ended(pid: int) -> None:
    """Let the server end that connection, and wait for its last words."""
    with somebody_else() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        for _try in range(100):
            if not other.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("the connection still stands")


def test_a_connection_that_stands_is_usable_in_and_out_of_a_transaction():
    connection.ensure_connection()
    assert connection.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        assert connection.is_usable()
        with pytest.raises(DatabaseError):
            cursor.execute("SELECT 1 / 0")
        assert not connection.is_usable(), "what failed answers nothing until it is rolled back"
        cursor.execute("ROLLBACK")
    assert connection.is_usable()
    connection.close()
    assert not connection.is_usable()


def test_a_connection_that_the_server_ended_is_replaced_before_the_next_request_asks_anything():
    connection.ensure_connection()
    ended(connection.connection.info.backend_pid)
    assert not connection.is_usable()
    connection.health_check_enabled, connection.health_check_done = True, False  # as after the last request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        assert cursor.fetchone() == (7,)


def test_looking_sends_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 41")
    assert connection.is_usable()
    with somebody_else() as other:
        last = "SELECT query FROM pg_stat_activity WHERE pid = %s"
        assert other.execute(last, [connection.connection.info.backend_pid]).fetchone() == ("SELECT 41",)
