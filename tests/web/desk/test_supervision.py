"""The supervisors' board and joint work by their screens."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import ExtensionReason, Outcome
from huiyin.cases.models import Case, Distribution, Summoned, Task
from huiyin.cases.operations import acting, extensions, handling, joint, person
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from tests import factories
from tests.web.desk.addresses import address, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def water():
    return factories.unit(names={"en": "Waterworks"})


@pytest.fixture
def plumber(water):
    return factories.user((Role.OFFICER, water))


def troubled(unit, officer):
    """One of everything that a supervisor's board shows."""
    actor = acting.staff(officer)
    with clock.turned_to(clock.now() - dt.timedelta(days=30)):
        factories.case(unit=unit)
        answered = factories.case(unit=unit)
        handling.answer(answered.pk, text="Done.", outcome=Outcome.SOLVED, actor=actor)
        person.judge(answered.pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=1))
        person.reopen(answered.pk, text="No.")
    waiting = factories.case(unit=unit)
    extensions.ask(waiting.pk, days=2, reason=ExtensionReason.EXPERT, text="A test runs.", actor=actor)


def test_queries_do_not_grow(constant_queries, unit, officer, water, plumber):
    supervisor = factories.user((Role.SUPERVISOR, None))
    constant_queries("desk:supervision", add=lambda: troubled(unit, officer), user=supervisor)

    def ask():
        case = factories.case(unit=unit)
        at, actor = clock.now() + dt.timedelta(days=1), acting.staff(officer)
        joint.ask_unit(case.pk, unit=water, what="Look.", due_at=at, actor=actor)
        joint.summon(case.pk, units=[water], place="Gate", at=at, reason="Look", actor=actor)

    constant_queries("desk:joint", add=ask, user=plumber)


def test_the_board_shows_what_does_not_move_and_says_where_nothing_is(unit, officer, client):
    client.force_login(factories.user((Role.SUPERVISOR, None)))
    page = client.get(reverse("desk:supervision")).text
    assert "Nothing is overdue" in page
    troubled(unit, officer)
    page = client.get(reverse("desk:supervision")).text
    assert "Lighting" in page
    assert "A test runs." in page
    client.force_login(officer)
    assert client.get(reverse("desk:supervision")).status_code == 403


def test_a_unit_is_asked_contributes_and_arrives_by_its_screens(unit, officer, water, plumber, client):
    case = factories.case(unit=unit)
    client.force_login(officer)
    given = {"unit": water.pk, "what": "Close the valve.", "due_at": "2099-01-01T10:00"}
    assert (
        client.post(address(case, "act", "add_task"), sent(case, **given | {"due_at": "x"})).status_code
        == 422
    )
    assert client.post(address(case, "act", "add_task"), sent(case, **given)).status_code == 302
    case.refresh_from_db()
    called = {"units": [water.pk], "place": "East gate", "at": "2099-01-01T10:00", "reason": "Look"}
    assert (
        client.post(address(case, "act", "summon"), sent(case, **called | {"units": []})).status_code == 422
    )
    assert client.post(address(case, "act", "summon"), sent(case, **called)).status_code == 302
    client.force_login(plumber)
    page = client.get(reverse("desk:joint")).text
    assert "Close the valve." in page
    assert "East gate" in page
    task, row = Task.objects.get(), Summoned.objects.get()
    assert client.get(address(case)).status_code == 200
    assert client.post(reverse("desk:contribute", args=[task.pk]), {"text": " "}).status_code == 422
    assert client.post(reverse("desk:contribute", args=[task.pk]), {"text": "Closed."}).status_code == 302
    assert client.get(reverse("desk:contribute", args=[task.pk])).status_code == 404
    assert client.post(reverse("desk:arrived", args=[row.pk])).status_code == 302
    client.force_login(officer)
    page = client.get(address(case)).text
    assert "Closed." in page
    assert "Waterworks arrived." in page


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("urge", {"text": "Act."}), ("take_over", {"reason": "It floods.", "unit": "water"}),
        ("name_unit", {"unit": "water"}), ("make_confidential", {}),
    ],
)  # fmt: skip
def test_a_supervisor_steps_in_by_forms(action, given, unit, officer, water, client):
    case = factories.case(unit=unit)
    client.force_login(factories.user((Role.SUPERVISOR, None)))
    assert client.get(address(case, "act", action)).status_code == 200
    given = {name: water.pk if value == "water" else value for name, value in given.items()}
    assert client.post(address(case, "act", action), sent(case, **given)).status_code == 302
    assert Case.objects.get().revision == case.revision + 1
    client.force_login(officer)
    assert client.post(address(case, "act", action), sent(case, **given)).status_code in {403, 404, 409}


def test_the_head_sees_how_many_cases_lie_with_whom(constant_queries, unit, officer, client):
    head = factories.user((Role.UNIT_HEAD, unit))

    def taken():
        handling.take(factories.case(unit=unit).pk, officer=officer, actor=acting.staff(officer))

    constant_queries("desk:workload", add=taken, user=head)
    factories.case(unit=unit)
    page = client.get(reverse("desk:workload")).text
    cells = [cell.split("<")[0] for cell in page.split('govuk-table__cell--numeric">')[1:]]
    assert sorted(cells[:4:2]) == ["0", "3"], "the officer and the head"
    assert cells[-2:] == ["1", "0"], "what nobody has taken yet"
    client.force_login(officer)
    assert client.get(reverse("desk:workload")).status_code == 403


def test_giving_out_is_switched_by_the_head_for_the_own_unit(client, unit, officer, water):
    head = factories.user((Role.UNIT_HEAD, unit))
    client.force_login(head)
    assert "New cases wait until the head" in client.get(reverse("desk:workload")).text
    url = reverse("desk:distribution", args=[unit.pk])
    assert client.post(url, {"method": "by beauty"}).status_code == client.post(url, {}).status_code == 422
    assert client.post(url, {"method": "load"}).status_code == 302
    assert Distribution.objects.get().method == "load"
    caches["local"].clear()
    assert "fewest open cases" in client.get(reverse("desk:workload")).text
    assert 'value="load" checked' in " ".join(client.get(url).text.split())
    assert client.post(url, {"method": "off"}).status_code == 302
    assert not Distribution.objects.exists()
    assert client.post(reverse("desk:distribution", args=[water.pk]), {"method": "load"}).status_code == 403
    assert client.get(reverse("desk:distribution", args=[10**9])).status_code == 404
    client.force_login(officer)
    assert client.get(url).status_code == 403
    client.force_login(factories.user((Role.ADMINISTRATOR, None)))
    assert client.post(url, {"method": "rotation"}).status_code == 302
    assert Distribution.objects.get().method == "rotation"
