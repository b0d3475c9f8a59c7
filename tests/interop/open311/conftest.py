"""A city that answers GeoReport v2, and a program with a key."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.operations import programs
from huiyin.audit.models import Leaf, Record
from huiyin.cases.models import Case, CaseFile, Event, Message, Reply
from huiyin.cases.operations import acting, publishing
from huiyin.catalogue import operations as catalogue
from huiyin.files.models import StoredFile
from huiyin.people.models import Contact
from tests import factories, staff

QUESTIONS: list[dict[str, Any]] = [
    {"code": "pole", "type": "text", "labels": {"en": "Number of the pole", "zh-hans": "灯杆编号"}, "required": True},
    {"code": "lamps", "type": "number", "labels": {"en": "How many lamps?", "zh-hans": "几盏灯？"}},
    {"code": "since", "type": "date", "labels": {"en": "Since when?", "zh-hans": "从哪天起？"}},
    {"code": "dark", "type": "yes_no", "labels": {"en": "Is it dark?", "zh-hans": "天黑了吗？"}, "required": True},
    {
        "code": "colours", "type": "several_of", "labels": {"en": "Which colours?", "zh-hans": "哪些颜色？"},
        "options": [
            {"code": "red", "labels": {"en": "Red", "zh-hans": "红"}},
            {"code": "blue", "labels": {"en": "Blue", "zh-hans": "蓝"}},
        ],
    },
    {
        "code": "why", "type": "one_of", "labels": {"en": "Why is it not dark?", "zh-hans": "为什么不黑？"},
        "options": [
            {"code": "moon", "labels": {"en": "The moon", "zh-hans": "月亮"}},
            {"code": "car", "labels": {"en": "A car", "zh-hans": "汽车"}},
        ],
        "required": True, "shown_if": {"code": "dark", "equals": "no"},
    },
]  # fmt: skip
STORED = (Case, CaseFile, StoredFile, Contact, Event, Message, Reply, Leaf, Record)


@dataclass
class City:
    unit: Any
    other: Any
    key: str
    staff_key: str
    administrator: Any


@pytest.fixture
def city(db) -> City:
    return a_city()


def a_city() -> City:
    unit, other = staff.a_unit(), staff.a_unit("roads")
    factories.channel("api")
    group = catalogue.create_service(
        "light", draft=catalogue.Draft(public_names={"zh-hans": "照明", "en": "Lighting"}), actor="system"
    )
    names = {"zh-hans": "路灯不亮", "en": "Street light out"}
    draft = catalogue.Draft(public_names=names, keywords=["路灯", "lamp"], unit_id=unit.pk)
    lights = catalogue.create_service("lights", draft=draft, parent=group, actor="system")
    catalogue.replace_questions(lights, questions=QUESTIONS, base=1, change_note="x", actor="system")
    for code, given in {
        "potholes": {"unit_id": other.pk},
        "secrets": {"unit_id": unit.pk, "may_publish": False},
        "callback": {"unit_id": unit.pk, "contact_required": True, "anonymous_allowed": False},
        "fire": {"unit_id": unit.pk, "emergency_notice": {"en": "Call 119.", "zh-hans": "请拨打119。"}},
    }.items():
        names = {"zh-hans": code, "en": code.title()}
        catalogue.create_service(code, draft=catalogue.Draft(public_names=names, **given), actor="system")
    terms = programs.Terms(name="City app", scopes=frozenset({Scope.FILE_CASES}), per_minute=100_000)
    _program, key = programs.create(terms, actor="system")
    works = programs.Terms(
        name="Contractor", scopes=frozenset({Scope.WORK_ON_CASES}), role=Role.OFFICER, unit_id=unit.pk
    )
    _other, staff_key = programs.create(works, actor="system")
    return City(unit, other, key, staff_key, staff.user(Role.ADMINISTRATOR))


@pytest.fixture
def browser() -> Client:
    """A client that asks for English, so that a test can read what an error says."""
    return Client(headers={"accept-language": "en"})


def published(city: City, **given: Any) -> Any:
    """A published case of the unit; the officer who publishes it is made once."""
    case = factories.case(unit=given.pop("unit", city.unit), **given)
    publish(case)
    return case


def publish(case: Any, **given: Any) -> None:
    text = {"title": "Street light", "text": "The street light at the school is out."} | given
    publishing.publish(case.pk, public=publishing.PublicText(**text), actor=acting.SYSTEM)


def counted() -> dict[str, int]:
    """How many rows of everything there are: nothing may be stored where something was refused."""
    return {model.__name__: model.objects.count() for model in STORED}
