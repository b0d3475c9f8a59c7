"""The screens of absences, and the marks on the others."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.accounts.models import Absence
from huiyin.accounts.operations import absences
from huiyin.cases.operations import acting, handling
from huiyin.kernel import clock
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def colleague(unit):
    return factories.user((Role.OFFICER, unit), name="周宁")


@pytest.fixture
def head(unit):
    return factories.user((Role.UNIT_HEAD, unit), name="高科")


def away(user, substitute, *, first=0, last=5):
    today = clock.today()
    row = absences.name_substitute(
        user, substitute=substitute, begins=today + first * DAY, ends=today + last * DAY, actor="system"
    )
    # The test's transaction never commits, so nothing that is remembered is forgotten by itself.
    caches["local"].clear()
    return row


def dates(**named):
    return {
        f"{name}_{part}": getattr(day, part)
        for name, day in named.items()
        for part in ("year", "month", "day")
    }


def test_queries_do_not_grow(constant_queries, unit, officer, head):
    constant_queries(
        "desk:absences", add=lambda: away(factories.user((Role.OFFICER, unit)), officer), user=head
    )

    def taken():
        case = factories.case(unit=unit)
        handling.take(case.pk, officer=head, actor=acting.staff(head))

    stand_in = factories.user((Role.UNIT_HEAD, unit))
    away(head, stand_in)
    constant_queries("desk:worklist", add=taken, user=stand_in, query="?tab=mine")


def test_named_by_the_screen_ended_by_the_screen(client, officer, colleague):
    client.force_login(officer)
    assert "Nobody is away" in client.get(reverse("desk:absences")).text
    url = reverse("desk:absence", args=[officer.pk])
    page = client.get(url).text
    assert "周宁" in page
    today = clock.today()
    given = dates(begins=today, ends=today + 2 * DAY) | {"substitute": colleague.pk}
    wrong = client.post(url, given | dates(ends=today - DAY))
    assert wrong.status_code == 422
    assert "The last day comes before the first." in wrong.text
    assert client.post(url, given | {"substitute": officer.pk}).status_code == 422
    assert not Absence.objects.exists()
    assert client.post(url, given).status_code == 302
    caches["local"].clear()
    row = Absence.objects.get()
    assert (row.user, row.substitute, row.ends) == (officer, colleague, today + 2 * DAY)
    assert "away now" in client.get(reverse("desk:absences")).text
    assert "You are recorded as away" in client.get(reverse("desk:worklist")).text
    client.force_login(colleague)
    assert "You stand in for 林越" in client.get(reverse("desk:worklist")).text
    assert client.post(reverse("desk:absence_end", args=[row.pk])).status_code == 403
    client.force_login(officer)
    assert client.post(reverse("desk:absence_end", args=[row.pk])).status_code == 302
    caches["local"].clear()
    assert client.post(reverse("desk:absence_end", args=[row.pk])).status_code == 409
    assert "You are recorded" not in client.get(reverse("desk:worklist")).text


def test_others_are_not_shown_and_not_named_for(client, officer, colleague, head):
    stranger = factories.user((Role.OFFICER, factories.unit()), name="外人")
    away(officer, colleague)
    client.force_login(stranger)
    assert "林越" not in client.get(reverse("desk:absences")).text
    assert client.get(reverse("desk:absence", args=[officer.pk])).status_code == 403
    assert client.get(reverse("desk:absence", args=[10**9])).status_code == 404
    client.force_login(head)
    page = client.get(reverse("desk:absences")).text
    assert "林越" in page
    assert reverse("desk:absence", args=[colleague.pk]) in page
    client.force_login(factories.user((Role.ADMINISTRATOR, None)))
    assert "林越" in client.get(reverse("desk:absences")).text
    assert client.get(reverse("desk:absence", args=[officer.pk])).status_code == 200


def test_a_head_without_a_deputy_is_told_what_to_do(client, head):
    client.force_login(head)
    assert "Nobody can stand in" in client.get(reverse("desk:absence", args=[head.pk])).text


def test_the_worklist_and_the_case_say_who_is_away(client, unit, officer, colleague, head):
    case = factories.case(unit=unit)
    handling.take(case.pk, officer=officer, actor=acting.staff(officer))
    away(officer, colleague)
    client.force_login(colleague)
    assert "away, you stand in" in client.get(reverse("desk:worklist") + "?tab=mine").text
    page = client.get(reverse("desk:case", args=[case.number])).text
    assert "周宁 stands in" in page
    client.force_login(head)
    assert "周宁 stands in" in client.get(reverse("desk:act", args=[case.number, "take"])).text
