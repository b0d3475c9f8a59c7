"""The worklist: who sees what in which order, filters, keeping them, and doing several things at once."""

import datetime as dt

import pytest
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Case, SavedFilter
from huiyin.cases.operations import acting, filters, handling
from huiyin.cases.queries import worklist
from huiyin.cases.queries.worklist import Filters, Tab
from huiyin.kernel import clock
from huiyin.kernel.errors import Denied
from tests import factories

pytestmark = pytest.mark.django_db


def rows(user, tab, **given):
    return [row.pk for row in worklist.page(user, tab, filters=Filters(**given)).rows]


def due_in(case, hours):
    Case.objects.filter(pk=case.pk).update(due_at=clock.now() + dt.timedelta(hours=hours))
    return case.pk


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def officer(unit):
    return factories.user((Role.OFFICER, unit))


@pytest.fixture
def dispatcher():
    return factories.user((Role.DISPATCHER, None))


def test_an_officer_sees_the_own_units_by_deadline_with_undated_ones_last(unit, officer):
    other = factories.unit()
    late = due_in(factories.case(unit=unit), 9)
    undated = factories.case(unit=unit).pk
    Case.objects.filter(pk=undated).update(due_at=None)
    soon = due_in(factories.case(unit=unit), 1)
    due_in(factories.case(unit=other), 2)
    assert rows(officer, Tab.UNIT) == [soon, late, undated]
    both = factories.user((Role.OFFICER, unit), (Role.OFFICER, other))
    assert len(rows(both, Tab.UNIT)) == 4


@pytest.mark.parametrize("units", [1, 2])
def test_pages_follow_each_other_without_gap_or_repetition(units):
    where = [factories.unit() for _ in range(units)]
    officer = factories.user(*((Role.OFFICER, one) for one in where))
    made = [factories.case(unit=where[i % units]).pk for i in range(9)]
    Case.objects.filter(pk__in=made[:4]).update(due_at=clock.now())  # the same moment
    Case.objects.filter(pk__in=made[7:]).update(due_at=None)
    for tab in (Tab.UNIT, Tab.ALL):
        seen, after = [], ""
        while True:
            page = worklist.page(officer, tab, filters=Filters(), after=after, size=2)
            seen += [row.pk for row in page.rows]
            after = page.after
            if not after:
                break
        assert sorted(seen) == made
        assert seen[0] == (made[0] if tab is Tab.UNIT else made[-1])


@pytest.mark.parametrize("after", ["x", "~", "2026-13-45T00:00~5", "~99999999999999999999", "'~1", "\x00x~1"])
def test_a_cursor_that_makes_no_sense_is_the_beginning(unit, officer, after, client):
    case = factories.case(unit=unit)
    client.force_login(officer)
    response = client.get(reverse("desk:worklist"), {"after": after})
    assert case.number in response.text


def test_tabs_hold_what_they_say(unit, officer, dispatcher):
    actor = acting.staff(officer)
    overdue, today = due_in(factories.case(unit=unit), -3), due_in(factories.case(unit=unit), 0.01)
    mine, waiting, answered = (factories.case(unit=unit).pk for _ in range(3))
    received = factories.case(version=factories.service(unit=None).current).pk
    handling.take(mine, officer=officer, actor=actor)
    handling.ask(waiting, text="?", actor=actor)
    handling.answer(answered, text="!", outcome=Outcome.EXPLAINED, actor=actor)
    assert rows(officer, Tab.MINE) == [mine, waiting] or set(rows(officer, Tab.MINE)) == {mine, waiting}
    assert set(rows(officer, Tab.UNASSIGNED)) == {overdue, today}
    assert rows(officer, Tab.OVERDUE) == [overdue]
    assert rows(officer, Tab.WAITING) == [waiting]
    assert rows(officer, Tab.ANSWERED) == [answered]
    assert rows(dispatcher, Tab.RECEIVED) == [received]
    assert len(rows(dispatcher, Tab.ALL)) == 6
    counted = worklist.counts(officer, worklist.tabs(officer))
    assert counted[Tab.UNIT] == 4
    assert counted[Tab.OVERDUE] == 1
    assert Tab.ALL not in counted
    assert Tab.RECEIVED not in worklist.tabs(officer)


def test_a_paused_case_is_not_overdue(unit, officer):
    case = factories.case(unit=unit)
    handling.ask(case.pk, text="?", actor=acting.staff(officer))
    due_in(case, -5)
    assert rows(officer, Tab.OVERDUE) == []


def test_counts_stop_at_their_cap(unit, officer, monkeypatch):
    monkeypatch.setattr(worklist, "MOST_COUNTED", 2)
    for _ in range(4):
        factories.case(unit=unit)
    assert worklist.counts(officer, [Tab.UNIT])[Tab.UNIT] == 3


def test_filters_narrow(unit, officer):
    lamp = factories.case(unit=unit, text="小区东门的路灯坏了", place_text="东门")
    factories.case(
        unit=unit, text="水管漏水", version=factories.service(unit=unit, urgency="utilities").current
    )
    assert rows(officer, Tab.UNIT, text="路灯") == [lamp.pk]
    assert rows(officer, Tab.ALL, text="路灯 -东门") == []
    assert rows(officer, Tab.UNIT, text="???") == []
    assert rows(officer, Tab.ALL, text=f" {lamp.number[:4]} {lamp.number[4:]}") == [lamp.pk]
    assert len(rows(officer, Tab.UNIT, urgencies=["utilities"])) == 1
    assert rows(officer, Tab.UNIT, services=[lamp.service_id]) == [lamp.pk]
    assert rows(officer, Tab.UNIT, states=[State.RECEIVED]) == []
    today = clock.today()
    assert len(rows(officer, Tab.UNIT, since=today, until=today)) == 2
    assert rows(officer, Tab.UNIT, since=today + dt.timedelta(days=1)) == []


def test_filters_are_remembered_until_changed(unit, officer, client):
    factories.case(unit=unit, text="路灯坏了")
    client.force_login(officer)
    address = reverse("desk:worklist")
    assert "路灯坏了" in client.get(address).text
    assert "路灯坏了" not in client.get(address, {"filter": "1", "q": "水管"}).text
    assert "路灯坏了" not in client.get(address).text
    assert "路灯坏了" not in client.get(address, {"tab": "all"}).text
    assert "路灯坏了" in client.get(address, {"filter": "1", "tab": "all"}).text


def test_a_filter_is_kept_shared_by_the_head_and_deleted_by_its_owner_only(unit, officer, client):
    head = factories.user((Role.UNIT_HEAD, unit))
    client.force_login(head)
    client.post(reverse("desk:keep_filter"), {"name": "Lamps", "query": "q=路灯", "unit": unit.pk})
    assert list(worklist.saved(officer)) == [SavedFilter.objects.get(name="Lamps", unit=unit)]
    with pytest.raises(Denied):
        filters.share(filters.keep("Mine", query="", owner=officer), unit_id=unit.pk, actor=officer)
    client.force_login(officer)
    response = client.post(reverse("desk:forget_filter", args=[SavedFilter.objects.get(name="Lamps").pk]))
    assert response.status_code == 404
    assert SavedFilter.objects.count() == 2


def test_a_head_gives_several_cases_at_once_and_an_officer_only_takes(unit, officer, client):
    cases = [factories.case(unit=unit) for _ in range(2)]
    numbers = [case.number for case in cases]
    client.force_login(factories.user((Role.UNIT_HEAD, unit)))
    client.post(reverse("desk:bulk"), {"do": "give", "officer": officer.pk, "selected": numbers})
    assert Case.objects.filter(officer=officer).count() == 2
    other = factories.user((Role.OFFICER, unit))
    client.force_login(officer)
    response = client.post(reverse("desk:bulk"), {"do": "give", "officer": other.pk, "selected": numbers})
    assert response.status_code == 422
    assert Case.objects.filter(officer=officer).count() == 2


def test_a_dispatcher_sends_several_cases_on_or_none(unit, dispatcher, client):
    received = factories.case(version=factories.service(unit=None).current)
    withdrawn = factories.case(unit=unit)
    Case.objects.filter(pk=withdrawn.pk).update(state=State.WITHDRAWN, outcome=Outcome.WITHDRAWN)
    client.force_login(dispatcher)
    data = {"do": "assign", "unit": unit.pk, "selected": [received.number, withdrawn.number]}
    assert client.post(reverse("desk:bulk"), data).status_code == 409
    assert Case.objects.get(pk=received.pk).unit is None
    client.post(reverse("desk:bulk"), data | {"selected": [received.number], "reason": "ours"})
    assert Case.objects.get(pk=received.pk).unit == unit


def test_cases_of_other_units_cannot_be_chosen(unit, officer, client):
    foreign = factories.case(unit=factories.unit())
    client.force_login(officer)
    response = client.post(reverse("desk:bulk"), {"do": "take", "selected": [foreign.number]})
    assert response.status_code == 422
    assert Case.objects.get().officer is None


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OPERATOR, 200), (Role.DISPATCHER, 200), (Role.OFFICER, 200), (Role.UNIT_HEAD, 200),
        (Role.SUPERVISOR, 200), (Role.AUDITOR, 200),
    ],
)  # fmt: skip
def test_every_role_that_sees_cases_has_a_list(role, status, unit, client):
    client.force_login(factories.user((role, unit)))
    assert client.get(reverse("desk:worklist")).status_code == status


def test_an_administrator_is_sent_on(client):
    client.force_login(factories.user((Role.ADMINISTRATOR, None)))
    response = client.get(reverse("desk:worklist"))
    assert response.status_code in {302, 404}
    assert client.get(reverse("desk:search")).status_code == 403


def test_a_number_leads_to_its_case_and_words_to_a_list(unit, officer, client):
    case = factories.case(unit=unit)
    client.force_login(officer)
    response = client.get(reverse("desk:search"), {"q": f" {case.number} "})
    assert response.url == reverse("desk:case", args=[case.number])
    assert case.number in client.get(reverse("desk:search"), {"q": "路灯"}).text


def test_words_of_people_are_never_markup(unit, officer, client):
    factories.case(unit=unit, text="<script>alert(1)</script>", place_text="<b>x")
    client.force_login(officer)
    page = client.get(reverse("desk:worklist"), {"filter": "1", "q": "<script>"}).text
    page += client.get(reverse("desk:worklist"), {"filter": "1"}).text
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "&lt;script&gt;alert" in page


def test_the_list_costs_the_same_for_one_case_and_for_three(unit, constant_queries):
    head = factories.user((Role.UNIT_HEAD, unit))

    def add():
        return factories.case(unit=unit, version=factories.service(unit=unit).current)

    assert constant_queries("desk:worklist", add=add, user=head) <= 12
