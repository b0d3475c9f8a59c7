import datetime as dt

import pytest
from django.test import Client

from huiyin.accounts.enums import Role
from huiyin.catalogue import operations as catalogue
from huiyin.knowledge import operations as knowledge
from huiyin.organisations import operations as organisations
from huiyin.places import operations as places
from tests import staff

QUESTIONS = [
    {
        "code": "dark",
        "type": "yes_no",
        "labels": {"en": "Is it dark?", "zh-hans": "天黑了吗？"},
        "required": True,
    },
    {
        "code": "lamps",
        "type": "one_of",
        "labels": {"en": "How many lamps?", "zh-hans": "几盏灯？"},
        "options": [{"code": "one", "labels": {"en": "One"}}, {"code": "more", "labels": {"en": "More"}}],
        "shown_if": {"code": "dark", "equals": "yes"},
    },
]


@pytest.fixture
def city(db):
    """A small city with one of everything, and its administrator."""

    class City:
        unit = staff.a_unit()
        calendar = organisations.create_calendar(
            "办公时间 Office",
            time_zone="Asia/Shanghai",
            weekly=["09:00-12:00, 14:00-18:00"] * 5 + [""] * 2,
            actor="system",
        )
        day = organisations.set_day(
            calendar, date=dt.date(2026, 10, 1), name="国庆节", hours="", actor="system"
        )
        officer = staff.user(Role.OFFICER, unit=unit)
        team = organisations.create_team(unit, name="Night", actor="system")
        service = catalogue.create_service(
            "lights",
            draft=catalogue.Draft(
                public_names={"zh-hans": "路灯不亮", "en": "Street light out"}, unit_id=unit.pk
            ),
            actor="system",
        )
        version = catalogue.replace_questions(
            service, questions=QUESTIONS, base=1, change_note="Ask first", actor="system"
        )
        template = knowledge.create_template(
            knowledge.Draft("Repaired", "{number}: repaired."), actor="system"
        )
        channel = catalogue.create_channel("fax", names={"en": "Fax", "zh-hans": "传真"}, actor="system")
        areas = places.import_areas("code,name,parent\n35,福建省,\n3501,福州市,35\n", actor="system")
        administrator = staff.user(Role.ADMINISTRATOR, username="admin")

    return City


@pytest.fixture
def client(city):
    """The administrator's browser."""
    browser = Client()
    browser.force_login(city.administrator)
    return browser
