"""The figures: counted in the database, equal to what one counts by hand."""

import datetime as dt

import pytest

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.operations import acting, handling, person
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.scorecards import counting, operations, queries
from huiyin.scorecards.enums import Period
from huiyin.scorecards.logic import Counts, Rate
from tests import factories

pytestmark = pytest.mark.django_db


def answered(unit, *, days_ago: float, after_hours: float, solved: Solved | None) -> None:
    filed = clock.now() - dt.timedelta(days=days_ago)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    with clock.turned_to(filed):
        case = factories.case(unit=unit)
    with clock.turned_to(filed + dt.timedelta(hours=after_hours)):
        handling.answer(case.pk, text="好了", outcome=Outcome.SOLVED, actor=officer)
        if solved:
            person.judge(
                case.pk, given=Given(contacted=True, solved=solved, satisfaction=4 if solved == "yes" else 2)
            )


def test_every_count_of_a_small_city():
    lamps, water = factories.unit(), factories.unit()
    answered(lamps, days_ago=40, after_hours=24, solved=Solved.YES)
    answered(lamps, days_ago=40, after_hours=48, solved=Solved.PARTLY)
    answered(lamps, days_ago=40, after_hours=24 * 25, solved=Solved.NO)
    answered(water, days_ago=40, after_hours=72, solved=None)
    with clock.turned_to(clock.now() - dt.timedelta(days=30)):
        factories.case(unit=water)  # never answered, overdue
    assert queries.figures(Period.QUARTER) is None
    operations.refresh()
    found = queries.figures(Period.QUARTER)
    total = found.total
    assert (total.received, total.due, total.in_time, total.answers) == (5, 5, 3, 4)
    assert (total.yes, total.partly, total.no, total.silent, total.waiting) == (1, 1, 1, 1, 0)
    assert total.resolution == Rate(1.5, 3)
    assert total.satisfaction == Rate(1, 3)
    assert total.not_reached == Rate(1, 4)
    assert total.median_days == pytest.approx(2.5)
    by_unit = {line.code: line.counts for line in found.units}
    assert by_unit[water.code].received == 2
    assert by_unit[water.code].in_time == 1
    assert sum(counts.received for counts in by_unit.values()) == 5


def test_cases_without_unit_are_in_the_total_only():
    factories.filed(version=None)
    end = clock.now() + dt.timedelta(seconds=1)
    found = counting.count(begin=end - dt.timedelta(days=1), end=end, silence_days=14)
    assert found["all"][0].received == 1
    assert found["units"] == {}


def test_a_rate_of_too_few_says_nothing():
    assert Rate(1, 4).share(fewest=5) is None
    assert Rate(0, 0).share(fewest=0) is None
    assert Rate(4, 5).share(fewest=5) == pytest.approx(0.8)
    assert Counts().on_time == Rate(0, 0)
