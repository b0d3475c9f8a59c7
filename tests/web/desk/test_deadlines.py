"""Deadlines as a calendar: a secret address of one's own, without a word of what people said."""

import re

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.accounts.models import DeadlineFeed, User
from huiyin.cases.operations import acting, handling
from tests import factories

pytestmark = pytest.mark.django_db
PATH = re.compile(r"/desk/calendar/[\w-]{40,}\.ics")


def address(user):
    browser = Client()
    browser.force_login(user)
    answer = browser.post(reverse("desk:calendar"))
    assert PATH.search(browser.get(reverse("desk:calendar")).content.decode()) is None, "shown once"
    return PATH.search(answer.content.decode())[0]


def events(path):
    answer = Client().get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")), answer.content.decode()


def test_an_officer_sees_own_deadlines_and_a_head_those_of_the_unit():
    unit = factories.unit()
    officer, head = factories.user((Role.OFFICER, unit)), factories.user((Role.UNIT_HEAD, unit))
    own = factories.case(unit=unit, text="秘密的话", place_text="秘密的地方")
    handling.take(own.pk, officer=officer, actor=acting.staff(officer))
    factories.case(unit=unit)
    factories.case()
    found, text = events(address(officer))
    assert [str(event["uid"]) for event in found] == [f"{own.number}@huiyin"]
    assert found[0].end == own.due_at.replace(microsecond=0)
    assert str(found[0]["url"]).endswith(f"/desk/cases/{own.number}/")
    assert "秘密" not in text
    assert len(events(address(head))[0]) == 2


def test_an_address_is_replaced_taken_back_and_ends_with_the_account():
    user = factories.user((Role.OFFICER, factories.unit()))
    first, second = address(user), address(user)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert DeadlineFeed.objects.get().token_hash not in second
    User.objects.update(is_active=False)
    assert Client().get(second).status_code == 404
    User.objects.update(is_active=True)
    browser = Client()
    browser.force_login(user)
    browser.post(reverse("desk:calendar"), {"take": "1"})
    assert Client().get(second).status_code == 404


def test_whoever_left_the_unit_sees_its_deadlines_no_more():
    unit = factories.unit()
    officer = factories.user((Role.OFFICER, unit))
    case = factories.case(unit=unit)
    handling.take(case.pk, officer=officer, actor=acting.staff(officer))
    path = address(officer)
    officer.memberships.all().delete()
    assert events(path)[0] == []


def test_the_feed_costs_the_same_whatever_it_holds(django_assert_max_num_queries):
    unit = factories.unit()
    head = factories.user((Role.UNIT_HEAD, unit))
    path = address(head)
    for _case in range(5):
        factories.case(unit=unit)
    with django_assert_max_num_queries(5):
        assert len(events(path)[0]) == 5
