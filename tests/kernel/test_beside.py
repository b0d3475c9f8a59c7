"""Questions to the database that are answered while this process computes."""

import pytest
from django.db import DataError, connection, transaction

from huiyin.kernel import beside
from tests.factories.database import somebody_else

pytestmark = pytest.mark.django_db(transaction=True)
LOCK = 7_310_942


def asked(statement):
    """A reading that gives what the last statement gives."""

    def read(cursor):
        cursor.execute(statement)
        while cursor.nextset():
            pass
        return cursor.fetchone()

    return read


WAITING = asked(
    f"SET lock_timeout = '10s'; SELECT pg_advisory_lock({LOCK}); SELECT pg_advisory_unlock({LOCK})"
)


@pytest.fixture
def holder():
    """Somebody else who holds the lock."""
    with somebody_else() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield other
    connection.close()  # with its limit for locks


def test_what_is_asked_is_answered_while_this_thread_goes_on(holder):
    """The question waits for a lock that only this thread lets go: one after the other would never end."""
    with beside.asking() as ask:
        waiting, next_one = ask(WAITING), ask(asked("SELECT 5"))
        assert not waiting.done()
        holder.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        assert (waiting.result(), next_one.result()) == ((True,), (5,))


def test_what_this_thread_asks_in_between_waits_and_gets_its_own_answer(holder):
    with beside.asking() as ask:
        first = ask(asked("SELECT pg_sleep(0.2), 1"))
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT 2").fetchone() == (2,)
        assert first.result()[1] == 1


def test_an_error_comes_with_the_answer_and_spoils_no_other():
    with beside.asking() as ask:
        wrong, right = ask(asked("SELECT 1 / 0")), ask(asked("SELECT 3"))
        with pytest.raises(DataError):
            wrong.result()
        assert right.result() == (3,)


def test_whoever_breaks_off_leaves_the_connection_free(holder):
    kept = []
    with pytest.raises(ArithmeticError), beside.asking() as ask:
        kept.append(ask(asked("SELECT pg_sleep(0.2), 1")))
        raise ArithmeticError
    assert kept[0].done()


def test_inside_a_transaction_it_is_answered_before_this_thread_goes_on():
    with transaction.atomic(), beside.asking() as ask:
        found = ask(asked("SELECT txid_current_if_assigned(), 1"))
        assert found.done()
        with pytest.raises(DataError), transaction.atomic():
            ask(asked("SELECT 1 / 0"))
        assert ask(asked("SELECT 4")).result() == (4,)
