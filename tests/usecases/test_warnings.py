"""Warnings of deadlines: by level, in working hours, once, to whom they concern, and anew when a deadline moves."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.enums import Action, ExtensionReason, Level, Outcome
from huiyin.cases.logic import extending
from huiyin.cases.models import Case, Event
from huiyin.cases.operations import acting, escalation, extensions, handling, notices
from huiyin.catalogue.enums import Urgency
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.notifications.models import Notice
from huiyin.usecases import warnings
from tests import factories

db = pytest.mark.django_db
# A Monday of an ordinary week, 10:00 in China.
MONDAY = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)
CALENDAR = worktime.china_calendar()


def levels():
    return [event.data["level"] for event in Event.objects.filter(action=Action.WARN).order_by("pk")]


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def case(unit):
    with clock.turned_to(MONDAY):
        return factories.case(unit=unit)


def at(moment):
    with clock.turned_to(moment):
        return warnings.warn_of_deadlines()


@db
def test_each_level_comes_once_and_goes_to_those_whom_it_concerns(case, unit):
    mails = {
        "officer": factories.user((Role.OFFICER, unit), email="officer@example.org"),
        "head": factories.user((Role.UNIT_HEAD, unit), email="head@example.org"),
        "supervisor": factories.user((Role.SUPERVISOR, None), email="super@example.org"),
        "stranger": factories.user((Role.OFFICER, factories.unit()), email="stranger@example.org"),
    }
    assert mails
    # Due at the end of Wednesday, 18 March: seven working days after the day of receipt.
    assert at(MONDAY + dt.timedelta(days=1)) == 0
    for moment, level, reader in (
        (MONDAY + dt.timedelta(days=8), Level.SOON, "officer@"),
        (MONDAY + dt.timedelta(days=10), Level.OVERDUE, "officer@"),
        (MONDAY + dt.timedelta(days=11), Level.HEAD, "head@"),
        (MONDAY + dt.timedelta(days=15), Level.SUPERVISOR, "super@"),
    ):
        Notice.objects.all().delete()
        assert at(moment) == 1
        assert at(moment + dt.timedelta(minutes=5)) == 0, "twice is once"
        assert levels()[-1] == level
        notice = Notice.objects.get()
        assert notice.address.startswith(reader)
        assert case.number in notice.body
        assert case.text not in notice.body
    row = Case.objects.get()
    assert (row.escalation, row.escalate_at, row.revision) == (Level.SUPERVISOR, None, case.revision)
    assert Record.objects.filter(action="case.warn").count() == 4
    assert at(MONDAY + dt.timedelta(days=400)) == 0


@db
def test_one_message_for_a_hundred_cases(unit):
    factories.user((Role.OFFICER, unit), email="officer@example.org")
    with clock.turned_to(MONDAY):
        version = factories.service(unit=unit).current
        for _case in range(60):
            factories.case(version=version)
    assert at(MONDAY + dt.timedelta(days=8)) == 60
    notice = Notice.objects.get()
    assert "60" in notice.subject
    assert notice.body.count("2026-03-18") == notices.MOST_NAMED


@db
def test_a_case_that_was_long_overdue_when_first_looked_at_goes_straight_to_its_level(case):
    assert at(MONDAY + dt.timedelta(days=100)) == 1
    assert levels() == [Level.SUPERVISOR]


@db
def test_answered_cases_and_those_that_wait_for_the_person_are_left_alone(case, unit):
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    with clock.turned_to(MONDAY + dt.timedelta(days=1)):
        escalation.plan()
        handling.ask(case.pk, text="Which one?", actor=officer)
    assert at(MONDAY + dt.timedelta(days=9)) == 0
    with clock.turned_to(MONDAY + dt.timedelta(days=9)):
        handling.answer(case.pk, text="Done.", outcome=Outcome.SOLVED, actor=officer)
    assert at(MONDAY + dt.timedelta(days=60)) == 0
    assert levels() == []


@db
def test_a_deadline_that_moves_is_warned_of_anew(case, unit):
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    head = acting.staff(factories.user((Role.UNIT_HEAD, unit)))
    assert at(MONDAY + dt.timedelta(days=8)) == 1
    with clock.turned_to(MONDAY + dt.timedelta(days=9)):
        extensions.ask(case.pk, days=10, reason=ExtensionReason.WORKS, text="Pipes.", actor=officer)
        extensions.grant(case.pk, actor=head)
        row = Case.objects.get()
        assert (row.escalation, row.escalate_at) == (Level.NONE, None)
    assert at(MONDAY + dt.timedelta(days=10)) == 0
    assert at(row.due_at - dt.timedelta(hours=1)) == 1
    assert at(row.due_at + dt.timedelta(minutes=1)) == 0, (
        "the day is over; the next one begins with the warning"
    )
    assert at(row.due_at + dt.timedelta(hours=15)) == 1
    assert levels() == [Level.SOON, Level.SOON, Level.OVERDUE]


@db
def test_an_emergency_is_warned_of_by_the_clock_but_nobody_is_called_at_night(unit):
    night = dt.datetime(2026, 3, 9, 16, 0, tzinfo=dt.UTC)
    with clock.turned_to(night):
        factories.case(version=factories.service(unit=unit, urgency=Urgency.EMERGENCY).current)
    assert at(night + dt.timedelta(minutes=91)) == 1
    assert at(night + dt.timedelta(minutes=121)) == 1
    assert levels() == [Level.SOON, Level.OVERDUE]


LIMITS = st.sampled_from(["2h clock", "24h clock", "7d working", "15d working", "90min working"])
STARTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2025, 12, 1)).map(
    lambda at: at.replace(tzinfo=dt.UTC)
)


@given(start=STARTS, limit=LIMITS)
@settings(max_examples=300, deadline=None)
def test_levels_come_in_order_and_what_goes_above_the_unit_comes_in_working_hours(start, limit):
    parsed = worktime.Limit.parse(limit)
    due = worktime.deadline(CALENDAR, start, parsed)
    chain = extending.Chain(
        start=start, due=due, kind=parsed.kind, warn_at=extending.Fraction(3, 4),
        head_after=worktime.Limit.parse("1d working"), supervisor_after=worktime.Limit.parse("3d working"),
    )  # fmt: skip
    moments = extending.warnings(CALENDAR, chain)
    assert list(moments) == sorted(moments)
    assert moments[0] <= max(due, worktime.next_working_moment(CALENDAR, due))
    assert all(worktime.is_working_time(CALENDAR, moment) for moment in moments[2:])
    if parsed.kind is worktime.Kind.WORKING:
        assert all(worktime.is_working_time(CALENDAR, moment) for moment in moments)
    for moment in moments:
        level, following = extending.reached(moments, moment)
        assert level >= 1
        assert following is None or following > moment
