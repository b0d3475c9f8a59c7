"""More time: asked by one, decided by another, told before it takes effect, and the first promise stays."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Action, ExtensionReason, ExtensionState, Outcome, ReplyKind
from huiyin.cases.logic import extending
from huiyin.cases.models import Case, Event, Extension, Reply
from huiyin.cases.operations import acting, extensions, handling, person
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.notifications.models import Notice
from huiyin.people.operations import create_contact
from tests import factories

NO_DAYS = "least one working day"
db = pytest.mark.django_db


@pytest.fixture
def unit():
    return factories.unit(names={"en": "Lighting", "zh-hans": "照明科"})


@pytest.fixture
def officer(unit):
    return acting.staff(factories.user((Role.OFFICER, unit)))


@pytest.fixture
def head(unit):
    return acting.staff(factories.user((Role.UNIT_HEAD, unit)))


@pytest.fixture
def case(unit, officer):
    contact = create_contact(email="a@example.org", wants_mail=True)
    row = factories.case(unit=unit, contact=contact, language="en")
    handling.sign_for(row.pk, actor=officer)
    return row


def ask(case, actor, *, days=3, text="A new cable is ordered."):
    return extensions.ask(case.pk, days=days, reason=ExtensionReason.MATERIAL, text=text, actor=actor)


@db
def test_the_person_is_told_the_deadline_moves_and_the_first_promise_stays(case, officer, head):
    asked = ask(case, officer)
    assert Case.objects.get().due_at == case.promised_at, "asking moves nothing"
    extensions.grant(case.pk, actor=head)
    row = Case.objects.get()
    assert row.promised_at == case.promised_at < row.due_at == asked.due_after
    letter = Reply.objects.get(kind=ReplyKind.INFORMATION)
    assert "3 more working days" in letter.text
    assert "A new cable is ordered." in letter.text
    assert letter.sent_at < asked.due_before, "told before it takes effect"
    assert Notice.objects.filter(reference=case.number, event="information").count() == 1
    event = Event.objects.get(action=Action.GRANT_EXTENSION)
    assert event.data["due_before"] == asked.due_before.isoformat()
    assert event.data["due_after"] == row.due_at.isoformat()


@db
def test_whoever_asks_does_not_decide_not_even_the_head_and_not_in_the_database(case, head, unit):
    asked = ask(case, head)
    with pytest.raises(Denied, match="Somebody else"):
        extensions.grant(case.pk, actor=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=asked.pk).update(decided_by=asked.asked_by)
    extensions.grant(case.pk, actor=acting.staff(factories.user((Role.SUPERVISOR, None))))


@db
def test_an_officer_and_a_dispatcher_do_not_decide(case, officer, unit):
    ask(case, officer)
    for role, where in ((Role.OFFICER, unit), (Role.DISPATCHER, None)):
        with pytest.raises(Denied):
            extensions.grant(case.pk, actor=acting.staff(factories.user((role, where))))


@db
@pytest.mark.parametrize(
    ("days", "says"), [(0, NO_DAYS), (-3, NO_DAYS), (11, "at most 10"), (10**9, "at most")]
)
def test_days_into_the_past_or_beyond_the_limit_are_refused(case, officer, days, says):
    with pytest.raises(Invalid, match=says):
        ask(case, officer, days=days)
    assert not Extension.objects.exists()
    assert not Event.objects.filter(action=Action.ASK_EXTENSION).exists()


@db
def test_ten_days_are_ten_days_however_often_somebody_asks(case, officer, head):
    ask(case, officer, days=7)
    with pytest.raises(Conflict, match="decided first"):
        ask(case, officer, days=1)
    extensions.grant(case.pk, actor=head)
    with pytest.raises(Invalid, match="at most 3"):
        ask(case, officer, days=4)
    ask(case, officer, days=3)
    extensions.grant(case.pk, actor=head)
    with pytest.raises(Invalid, match="at most 0"):
        ask(case, officer, days=1)


@db
def test_what_is_overdue_cannot_be_put_off_and_a_late_grant_neither(case, officer, head):
    ask(case, officer)
    with clock.turned_to(case.due_at + dt.timedelta(minutes=1)):
        with pytest.raises(Conflict, match="stays overdue"):
            extensions.grant(case.pk, actor=head)
        extensions.refuse(case.pk, why="Too late.", actor=head)
        with pytest.raises(Conflict, match="stays overdue"):
            ask(case, officer)
    assert Case.objects.get().due_at == case.due_at


@db
def test_a_refusal_needs_its_reason_and_moves_nothing(case, officer, head):
    ask(case, officer)
    with pytest.raises(Invalid):
        extensions.refuse(case.pk, why="  ", actor=head)
    extensions.refuse(case.pk, why="There is time enough.", actor=head)
    assert Extension.objects.get().state == ExtensionState.REFUSED
    assert Case.objects.get().due_at == case.due_at
    assert not Reply.objects.exists()


@db
def test_an_answer_overtakes_what_was_asked_for_and_a_reopened_case_may_ask_anew(case, officer, head):
    ask(case, officer, days=10)
    extensions.grant(case.pk, actor=head)
    handling.answer(case.pk, text="Done.", outcome=Outcome.SOLVED, actor=officer)
    person.reopen(case.pk, text="Still dark.")
    ask(case, officer, days=10)
    handling.answer(case.pk, text="Done.", outcome=Outcome.SOLVED, actor=officer)
    assert [row.state for row in Extension.objects.all()] == [ExtensionState.GRANTED, ExtensionState.LAPSED]


@db
def test_a_deadline_that_moved_in_between_is_not_moved_back(case, officer, head):
    ask(case, officer)
    with clock.turned_to(clock.now() + dt.timedelta(seconds=1)):
        handling.ask(case.pk, text="Which lamp?", actor=officer)
    with clock.turned_to(clock.now() + dt.timedelta(days=3)):
        person.write(case.pk, text="The second.")
        if Case.objects.get().due_at != case.due_at:
            with pytest.raises(Conflict, match="moved since"):
                extensions.grant(case.pk, actor=head)


@db
def test_the_person_and_the_public_see_why_and_how_long(case, officer, head, client):
    from huiyin.cases.operations import publishing

    public = publishing.PublicText(title="Lamp", text="The lamp is dark.")
    publishing.publish(case.pk, public=public, actor=officer)
    ask(case, officer)
    page = client.get(f"/cases/{case.number}/", headers={"accept-language": "en"}).text
    assert "put off by" not in page
    extensions.grant(case.pk, actor=head)
    page = client.get(f"/cases/{case.number}/", headers={"accept-language": "en"}).text
    assert "put off by 3 working days: Material or a spare part has to come first" in page
    assert "A new cable is ordered." not in page, "the letter is the person's"


CALENDAR = worktime.china_calendar()
MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2025, 12, 1)).map(
    lambda at: at.replace(tzinfo=dt.UTC)
)


@given(due=MOMENTS, days=st.integers(1, 10))
@settings(max_examples=300, deadline=None)
def test_an_extension_by_n_days_ends_with_the_nth_working_day_after(due, days):
    after = extending.extended(CALENDAR, due, days=days)
    assert after > due
    local = [due.astimezone(CALENDAR.tz).date(), after.astimezone(CALENDAR.tz).date()]
    between = [local[0] + dt.timedelta(days=n) for n in range(1, (local[1] - local[0]).days + 1)]
    worked = sum(worktime.is_working_day(CALENDAR, day) for day in between)
    assert worked in {days, days + 1}, "one more where the deadline itself lay outside working time"
