"""A small city with one of everything that Manage shows, and its administrator."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.operations import programs
from huiyin.catalogue import operations as catalogue
from huiyin.hooks.operations import setting_up, telling
from huiyin.kernel import clock
from huiyin.knowledge import operations as knowledge
from huiyin.organisations import operations as organisations
from huiyin.people.operations import purposes
from huiyin.places import operations as places
from huiyin.relays.models import Connection
from huiyin.triage.operations import ruling
from tests import staff

WEEKLY = ["09:00-12:00, 14:00-18:00"] * 5 + [""] * 2
QUESTIONS: list[dict[str, Any]] = [
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
        "options": [
            {"code": "one", "labels": {"en": "One", "zh-hans": "一盏"}},
            {"code": "more", "labels": {"en": "More", "zh-hans": "多盏"}},
        ],
        "shown_if": {"code": "dark", "equals": "yes"},
    },
]


@dataclass
class City:
    unit: Any
    calendar: Any
    officer: Any
    team: Any
    service: Any
    template: Any
    channel: Any
    purpose: Any
    administrator: Any
    program: Any
    hook: Any
    jurisdiction: Any
    connection: Any
    rule: Any


def city() -> City:
    """Everything once, made through the verbs."""
    unit = staff.a_unit()
    calendar = organisations.create_calendar(
        "办公时间 Office hours", time_zone="Asia/Shanghai", weekly=WEEKLY, actor="system"
    )
    organisations.set_day(calendar, date=dt.date(2026, 10, 1), name="国庆节", hours="", actor="system")
    organisations.import_official_days(calendar, years=[2025, 2026], actor="system")
    officer = staff.user(Role.OFFICER, unit=unit)
    team = organisations.create_team(unit, name="Night", actor="system")
    draft = catalogue.Draft(
        public_names={"zh-hans": "路灯不亮", "en": "Street light out"},
        keywords=["路灯", "lamp"],
        unit_id=unit.pk,
    )
    group = catalogue.create_service(
        "roads",
        draft=catalogue.Draft(public_names={"zh-hans": "道路与照明", "en": "Roads and lighting"}),
        actor="system",
    )
    service = catalogue.create_service("lights", draft=draft, parent=group, actor="system")
    catalogue.replace_questions(
        service, questions=QUESTIONS, base=1, change_note="Ask how many lamps", actor="system"
    )
    template = knowledge.create_template(
        knowledge.Draft("修好了 Repaired", "您好，{number} 已由{unit}修好。"), actor="system"
    )
    channel = catalogue.create_channel("fax", names={"en": "Fax", "zh-hans": "传真"}, actor="system")
    places.import_areas("code,name,parent\n35,福建省,\n3501,福州市,35\n", actor="system")
    administrator = staff.user(Role.ADMINISTRATOR, username="admin")
    terms = programs.Terms(name="App of the city", scopes=frozenset({Scope.FILE_CASES, Scope.READ_PUBLISHED}))
    program, _key = programs.create(terms, actor="system")
    purpose = purposes.create({"en": "Calling back", "zh-hans": "回电"}, actor="system")
    rule = ruling.create_rule(
        ruling.Draft(name="天黑", words=("漆黑",), hour_from=18, then_service=service), actor="system"
    )
    hook, _secret = setting_up.create(
        setting_up.Terms(name="Open data mirror", url="https://1.1.1.1/huiyin", events=["case.answer"]),
        actor="system",
    )
    telling.ping(hook, actor="system")
    connection = Connection.objects.create(
        unit=unit,
        name="Contractor",
        endpoint="https://roads.example/open311/v2/",
        default_code="x",
        since=clock.now(),
    )
    jurisdiction = organisations.create_jurisdiction("north.city.example", unit=unit, actor="system")
    return City(
        unit,
        calendar,
        officer,
        team,
        service,
        template,
        channel,
        purpose,
        administrator,
        program,
        hook,
        jurisdiction,
        connection,
        rule,
    )
