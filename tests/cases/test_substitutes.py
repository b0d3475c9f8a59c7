"""What would reach somebody who is away reaches who stands in, marked; rights move to nobody."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.accounts.models import User
from huiyin.accounts.operations import absences
from huiyin.cases.enums import Action
from huiyin.cases.models import Case, Event
from huiyin.cases.operations import acting, handling, person, secrecy
from huiyin.cases.queries import deadlines, worklist
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict
from huiyin.notifications.enums import Frequency
from huiyin.notifications.models import Notice
from huiyin.usecases import hot_topics, urging, warnings
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday():
    with clock.turned_to(MONDAY):
        yield


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def ada(unit):
    return factories.user((Role.OFFICER, unit), name="Ada", email="ada@example.org", language="en")


@pytest.fixture
def bo(unit):
    return factories.user((Role.OFFICER, unit), name="Bo", email="bo@example.org", language="en")


@pytest.fixture
def head(unit):
    return factories.user((Role.UNIT_HEAD, unit), name="Head", email="head@example.org")


def away(user, substitute, *, days=30):
    today = clock.today()
    row = absences.name_substitute(
        user, substitute=substitute, begins=today, ends=today + days * DAY, actor="system"
    )
    # The test's transaction never commits, so nothing that is remembered is forgotten by itself.
    caches["local"].clear()
    return row


def mine(user):
    user = User.objects.get(pk=user.pk)
    page = worklist.page(user, worklist.Tab.MINE, filters=worklist.Filters())
    return [row.pk for row in page.rows], worklist.counts(user, [worklist.Tab.MINE])[worklist.Tab.MINE]


def mails():
    return {notice.address.split("@")[0]: notice.body for notice in Notice.objects.all()}


def test_a_case_given_to_somebody_away_goes_to_who_stands_in_and_the_timeline_says_so(
    unit, ada, bo, head, client
):
    case = factories.case(unit=unit)
    row = away(ada, bo)
    handling.take(case.pk, officer=ada, actor=acting.staff(head))
    case.refresh_from_db()
    assert case.officer == bo
    event = case.events.get(action=Action.TAKE)
    assert event.data == {"officer": bo.pk, "instead_of": ada.pk}
    assert set(mails()) == {"bo"}
    client.force_login(head)
    page = client.get(reverse("desk:case", args=[case.number]), headers={"accept-language": "en"}).text
    assert "Given to Bo, who stands in for Ada." in page
    # Who takes a case with their own hands is there, whatever the list says.
    handling.take(case.pk, officer=ada, actor=acting.staff(ada))
    case.refresh_from_db()
    assert case.officer == ada
    absences.end_absence(row, actor="system")
    caches["local"].clear()
    handling.take(case.pk, officer=bo, actor=acting.staff(head))
    assert handling.take(case.pk, officer=ada, actor=acting.staff(head)).officer == ada


def test_open_cases_of_whoever_is_away_are_among_the_substitutes_own_and_in_their_calendar(
    unit, ada, bo, head
):
    cases = [factories.case(unit=unit) for _ in range(3)]
    for case, officer in zip(cases, (ada, ada, bo), strict=True):
        handling.take(case.pk, officer=officer, actor=acting.staff(officer))
    assert mine(bo) == ([cases[2].pk], 1)
    away(ada, bo)
    assert mine(bo) == ([case.pk for case in cases], 3)
    assert {row.pk for row in deadlines.of(User.objects.get(pk=bo.pk))} == {case.pk for case in cases}
    assert Case.objects.filter(officer=ada).count() == 2, "they stay the absent officer's"
    # What is confidential stays with the officer and the head.
    secrecy.make_confidential(cases[0].pk, actor=acting.staff(factories.user((Role.SUPERVISOR, None))))
    assert mine(bo)[0] == [cases[1].pk, cases[2].pk]
    assert {row.pk for row in deadlines.of(User.objects.get(pk=bo.pk))} == {cases[1].pk, cases[2].pk}
    # A conflict of interest holds for the substitute too.
    secrecy.declare_conflict(cases[1].pk, reason="Neighbour", actor=acting.staff(bo))
    assert mine(bo)[0] == [cases[2].pk]
    assert mine(ada)[1] == 2


def test_a_confidential_case_and_a_conflict_of_interest_are_not_handed_on_silently(unit, ada, bo, head):
    secret, partial = factories.case(unit=unit), factories.case(unit=unit)
    secrecy.make_confidential(secret.pk, actor=acting.staff(factories.user((Role.SUPERVISOR, None))))
    secrecy.declare_conflict(partial.pk, reason="Brother", actor=acting.staff(bo))
    away(ada, bo)
    for case in (secret, partial):
        events = Event.objects.count()
        with pytest.raises(Conflict):
            handling.take(case.pk, officer=ada, actor=acting.staff(head))
        case.refresh_from_db()
        assert case.officer is None
        assert Event.objects.count() == events
    with pytest.raises(Conflict, match="impartial"):
        handling.take(partial.pk, officer=bo, actor=acting.staff(head))
    handling.take(secret.pk, officer=bo, actor=acting.staff(head))
    assert not Notice.objects.filter(address="ada@example.org").exists()


def test_notices_say_in_whose_place(unit, ada, bo, head):
    case = factories.case(unit=unit)
    handling.take(case.pk, officer=ada, actor=acting.staff(ada))
    away(ada, bo)
    person.write(case.pk, text="Any news?")
    assert set(mails()) == {"bo"}
    assert "stand in for Ada" in mails()["bo"]
    assert case.number in mails()["bo"]
    Notice.objects.all().delete()
    urging.urge(case.pk, text="Please.", actor=acting.staff(factories.user((Role.SUPERVISOR, None))))
    assert set(mails()) == {"bo", "head"}
    assert "stand in for Ada" in mails()["bo"]
    assert "stand in" not in mails()["head"]
    # How often somebody wants to hear is their own choice, also when they stand in.
    Notice.objects.all().delete()
    User.objects.filter(pk=bo.pk).update(notices=Frequency.NEVER)
    person.write(case.pk, text="Any news?")
    assert mails() == {}
    secrecy.make_confidential(
        case.pk, actor=acting.staff(factories.user((Role.SUPERVISOR, None), username="s2"))
    )
    person.write(case.pk, text="Any news?")
    assert set(mails()) == {"ada"}, "nobody stands in where a case is confidential"


def test_warnings_of_both_come_in_one_mail(unit, ada, bo):
    cases = [factories.case(unit=unit) for _ in range(3)]
    for case, officer in zip(cases, (ada, bo, ada), strict=True):
        handling.take(case.pk, officer=officer, actor=acting.staff(officer))
    secrecy.make_confidential(cases[2].pk, actor=acting.staff(factories.user((Role.SUPERVISOR, None))))
    away(ada, bo)
    with clock.turned_to(MONDAY + 8 * DAY):
        assert warnings.warn_of_deadlines() == 3
    found = mails()
    assert set(found) == {"ada", "bo"}
    assert Notice.objects.count() == 2
    assert [case.number in found["bo"] for case in cases] == [True, True, False]
    assert [case.number in found["ada"] for case in cases] == [False, False, True]
    assert "stand in for Ada" in found["bo"]


def test_a_supervisor_who_is_away_hears_of_hot_topics_by_who_stands_in(monkeypatch):
    one = factories.user((Role.SUPERVISOR, None), name="One", email="one@example.org")
    two = factories.user((Role.SUPERVISOR, None), name="Two", email="two@example.org")
    away(one, two)
    monkeypatch.setattr(hot_topics.finding, "refresh", lambda: [1])
    hot_topics.look()
    assert list(Notice.objects.values_list("address", flat=True)) == ["two@example.org"]


def test_standing_in_gives_no_right(unit, ada, bo):
    other = factories.unit()
    away(ada, bo)
    elsewhere = factories.case(unit=other)
    with pytest.raises(Exception, match="no such case"):
        handling.sign_for(elsewhere.pk, actor=acting.staff(User.objects.get(pk=bo.pk)))
