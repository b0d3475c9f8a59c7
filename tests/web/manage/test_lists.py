"""Lists: as many queries for three rows as for one; the audit look-up; what needs attention."""

import itertools

import pytest
import time_machine
from django.urls import reverse

from huiyin.accounts import operations as accounts
from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.operations import programs
from huiyin.audit import operations as audit
from huiyin.catalogue import operations as catalogue
from huiyin.catalogue.models import Service
from huiyin.hooks.operations import setting_up, telling
from huiyin.kernel import clock
from huiyin.knowledge import operations as knowledge
from huiyin.notifications import operations as notifications
from huiyin.organisations import operations as organisations
from huiyin.places import operations as places
from huiyin.relays.models import Connection
from huiyin.web.manage import notices
from tests import factories, staff
from tests.factories import manage

_serial = itertools.count()


def a_user():
    unit = staff.a_unit(f"unit{next(_serial)}")
    staff.user(Role.OFFICER, unit=unit, username=f"user{next(_serial)}")


def a_service():
    code = f"service{next(_serial)}"
    draft = catalogue.Draft(public_names={"en": code}, unit_id=staff.a_unit(f"u-{code}").pk)
    catalogue.create_service(code, draft=draft, actor="system")


def a_program():
    terms = programs.Terms(
        name=f"P{next(_serial)}",
        scopes=frozenset({Scope.READ_CASES}),
        role=Role.OFFICER,
        unit_id=staff.a_unit().pk,
    )
    _row, key = programs.create(terms, actor="system")
    programs.admit(key, scope=Scope.READ_CASES)


def a_hook():
    terms = setting_up.Terms(name=f"H{next(_serial)}", url="https://1.1.1.1/")
    row, _secret = setting_up.create(terms, actor="system")
    telling.ping(row, actor="system")


def a_connection():
    unit = staff.a_unit(f"c{next(_serial)}")
    Connection.objects.create(
        unit=unit, name="Roads", endpoint="https://x/", default_code="x", since=clock.now()
    )


LISTS = {
    "connections": a_connection,
    "hooks": a_hook,
    "jurisdictions": lambda: organisations.create_jurisdiction(
        f"j{next(_serial)}.example", unit=staff.a_unit(), actor="system"
    ),
    "programs": a_program,
    "units": lambda: staff.a_unit(f"unit{next(_serial)}"),
    "users": a_user,
    "services": a_service,
    "templates": lambda: knowledge.create_template(
        knowledge.Draft(f"T{next(_serial)}", "text", service_id=_service_id()), actor="system"
    ),
    "calendars": lambda: organisations.create_calendar(
        f"C{next(_serial)}", time_zone="UTC", weekly=manage.WEEKLY, actor="system"
    ),
    "channels": lambda: catalogue.create_channel(f"c{next(_serial)}", names={"en": "C"}, actor="system"),
    "areas": lambda: places.import_areas(f"code,name\n9{next(_serial)},X\n", actor="system"),
    "audit": lambda: audit.record("case.opened", actor="system", subject=f"case:{factories.case().pk}"),
}


def _service_id():
    a_service()
    return Service.objects.latest("pk").pk


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_three_rows_as_for_one(constant_queries, city, name):
    constant_queries(f"manage:{name}", add=LISTS[name], user=city.administrator)


def test_the_pages_of_one_thing_cost_the_same_with_more_in_them(constant_queries, city):
    admin, unit = city.administrator, city.unit

    def person():
        staff.user(Role.OFFICER, unit=unit, username=f"p{next(_serial)}")
        organisations.create_team(unit, name=f"T{next(_serial)}", actor="system")

    constant_queries("manage:unit", add=person, user=admin, kwargs={"pk": unit.pk})

    def version():
        number = city.service.versions.count()
        draft = catalogue.Draft(public_names={"en": f"v{number}"}, unit_id=unit.pk)
        catalogue.new_version(city.service, draft=draft, base=number, change_note="x", actor=admin)

    constant_queries("manage:service", add=version, user=admin, kwargs={"code": "lights"})


def test_the_start_costs_few_queries(client, city, django_assert_max_num_queries):
    client.get(reverse("manage:home"))
    with django_assert_max_num_queries(12):
        client.get(reverse("manage:home"))


def look_up(client, **given):
    return client.get(reverse("manage:audit"), given).content.decode()


def test_the_trail_is_looked_up_by_case_user_action_and_date(client, city):
    case = factories.case()
    audit.record(
        "contact.revealed", actor=f"user:{city.officer.pk}", subject=f"case:{case.pk}", why="Call back today"
    )
    page = look_up(client, case=case.number)
    assert "Call back today" in page
    assert case.number in page
    assert "unit.created" not in page
    assert "Call back today" in look_up(client, user="officer", action="contact.revealed")
    assert "Call back today" not in look_up(client, user="admin")
    assert "No record fits" in look_up(client, until_year="2000", until_month="1", until_day="1")
    assert "There is no such case" in look_up(client, case="00000000000")
    assert "There is no such case" in look_up(client, user="nobody at all")
    assert "govuk-error-summary" in look_up(client, since_year="2026", since_month="13", since_day="1")
    assert "Audit records" in look_up(client, after="nonsense")


def test_older_records_follow_without_gap_or_repetition(client, city):
    for number in range(120):
        audit.record("test.counted", actor="system", subject=f"thing:n{number}")
    seen, address = [], f"{reverse('manage:audit')}?action=test.counted"
    while address:
        answer = client.get(address)
        seen += [row["record"].subject for row in answer.context["rows"]]
        after = answer.context["next"]
        address = after and f"{reverse('manage:audit')}?action=test.counted&after={after}"
    assert seen == [f"thing:n{number}" for number in reversed(range(120))]


def test_what_is_missing_is_told_to_those_who_can_mend_it(client, city):
    page = client.get(reverse("manage:home")).content.decode()
    assert "only one administrator" in page
    assert "nobody to work" not in page
    staff.a_unit("empty")
    idle = staff.user(username="idle")
    draft = catalogue.Draft(public_names={"en": "Loose end"})
    catalogue.create_service("loose", draft=draft, actor="system")
    page = client.get(reverse("manage:home")).content.decode()
    for words in ("1 unit has nobody to work", "Empty", "1 user has no role", "Idle", "Loose end"):
        assert words in page
    accounts.give_role(idle, role=Role.ADMINISTRATOR, unit_id=None, actor="system")
    assert "only one administrator" not in client.get(reverse("manage:home")).content.decode()


@pytest.mark.parametrize("event", notices.OTHERS)
def test_the_log_of_notices_has_words_for_every_event(client, event):
    notifications.enqueue(event, address="a@example.org", reference="", subject="x", body="x")
    page = client.get(reverse("manage:notice_log")).content.decode()
    assert str(notices.OTHERS[event]) in page
    assert f">{event}<" not in page


@pytest.mark.parametrize(("day", "is_told"), [("2026-09-30", False), ("2026-11-26", True)])
def test_it_is_told_when_deadlines_reach_beyond_the_known_holidays(client, city, day, is_told):
    with time_machine.travel(f"{day}T09:00+08:00"):
        client.force_login(city.administrator)
        page = client.get(reverse("manage:home")).content.decode()
    assert ("no holidays of 2027 yet" in page) == is_told


def test_an_auditor_sees_no_tasks_of_others(city):
    browser = staff.browser()
    browser.force_login(staff.user(Role.AUDITOR))
    page = browser.get(reverse("manage:home")).content.decode()
    assert "only one administrator" not in page
    assert reverse("manage:audit") in page
    assert reverse("manage:users") not in page
