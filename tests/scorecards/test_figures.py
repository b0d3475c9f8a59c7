"""The figures: counted in the database, equal to what one counts by hand."""

import datetime as dt

import pytest

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome, ReturnReason
from huiyin.cases.operations import acting, handling, person, returns
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


def test_returns_and_reopenings_by_unit_and_service_with_their_counts(client):
    lamps, water = factories.unit(), factories.unit()
    version = factories.service(unit=lamps).current
    officers = {unit.pk: acting.staff(factories.user((Role.OFFICER, unit))) for unit in (lamps, water)}
    dispatcher = acting.staff(factories.user((Role.DISPATCHER, None)))
    cases = [factories.case(version=version) for _number in range(4)]
    for case in cases[:2]:
        returns.give_back(
            case.pk, reason=ReturnReason.NO_POWER, text="No.", proposed=water, actor=officers[lamps.pk]
        )
        handling.assign(case.pk, unit=water, actor=dispatcher)
    returns.give_back(
        cases[0].pk, reason=ReturnReason.OTHER_UNIT, text="No.", proposed=lamps, actor=officers[water.pk]
    )
    for case in cases[2:]:
        handling.answer(case.pk, text="Done.", outcome=Outcome.SOLVED, actor=officers[lamps.pk])
    person.reopen(cases[2].pk, text="No.")
    # Long before the period: not counted.
    with clock.turned_to(clock.now() - dt.timedelta(days=200)):
        old = factories.case(version=version)
        returns.give_back(old.pk, reason=ReturnReason.NO_POWER, text="No.", actor=officers[lamps.pk])
    operations.refresh()
    found = queries.figures(Period.MONTH)
    units = {line.code: line.counts for line in found.units}
    assert units[lamps.code].returning == Rate(2, 4)
    assert units[water.code].returning == Rate(1, 2)
    assert found.total.returning == Rate(3, 6)
    assert found.services[0].counts.returning == Rate(3, 6)
    assert units[lamps.code].reopening == Rate(1, 2)
    page = client.get("/figures/?period=30", headers={"accept-language": "en"}).text
    assert "Returned as not ours" in page
    assert "3 ÷ 6" in page
    for counts in ("(2/4)", "(1/2)"):
        assert counts in page
    table = client.get("/figures/figures.csv?period=30").text.splitlines()
    header = table[0].split(",")
    row = dict(
        zip(
            header,
            next(line for line in table if line.startswith(f"unit,{lamps.code},")).split(","),
            strict=True,
        )
    )
    assert (row["returned"], row["sent_to"], row["returning_part"], row["returning_whole"]) == (
        "2",
        "4",
        "2",
        "4",
    )


def test_a_unit_that_only_returns_stands_among_the_units():
    lamps, water = factories.unit(), factories.unit()
    case = factories.case(version=factories.service(unit=lamps).current)
    officer = acting.staff(factories.user((Role.OFFICER, lamps)))
    returns.give_back(case.pk, reason=ReturnReason.NO_POWER, text="No.", proposed=water, actor=officer)
    handling.assign(case.pk, unit=water, actor=acting.staff(factories.user((Role.DISPATCHER, None))))
    operations.refresh()
    units = {line.code: line.counts for line in queries.figures(Period.MONTH).units}
    assert units[lamps.code].returning == Rate(1, 1)
    assert units[lamps.code].received == 0
