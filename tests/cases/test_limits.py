"""Limits that a process counts in steps: never late, early by less than a step, exact where the limit is low."""

import datetime as dt

import pytest

from huiyin.cases.models import Attempt
from huiyin.cases.operations import limits
from huiyin.kernel import clock
from huiyin.kernel.errors import TooMany

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_steps():
    limits._steps.clear()
    yield
    limits._steps.clear()


def let_through(most: int, *, forget_every: int = 0) -> int:
    """How many tries are let through; `forget_every` lets another process take over each time."""
    for done in range(2 * most + 10):
        if forget_every and done % forget_every == 0:
            limits._steps.clear()
        try:
            limits.count_roughly("vote", "192.0.2.1", most=most, window=limits.HOUR)
        except TooMany:
            return done
    pytest.fail("nothing was refused")


def test_a_low_limit_is_exact():
    assert let_through(7) == 7
    assert let_through(7) == 0


def test_a_high_limit_is_counted_in_steps_with_few_writes(django_assert_num_queries):
    with django_assert_num_queries(4000 // 4 + 1):
        assert let_through(4000) == 4000


def test_two_processes_never_let_more_through():
    assert 2000 - 2 * 2 <= let_through(2000, forget_every=999) <= 2000


def test_each_window_begins_anew_and_holds_a_keyed_hash_only():
    assert let_through(3) == 3
    with clock.turned_to(clock.now() + dt.timedelta(hours=1)):
        assert let_through(3) == 3
    assert "192.0.2.1" not in repr(list(Attempt.objects.values()))
