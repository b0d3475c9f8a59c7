"""The frame of the demonstration city: areas, units, services, staff, templates. The words stand in the TOML files."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huiyin.accounts import operations as accounts
from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.operations import programs
from huiyin.catalogue import operations as catalogue
from huiyin.engines.text import script
from huiyin.kernel import clock
from huiyin.knowledge import operations as knowledge
from huiyin.organisations import operations as organisations
from huiyin.places import operations as places
from huiyin.questionnaires import operations as questionnaires

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.catalogue.models import Service
    from huiyin.organisations.models import Unit

FOLDER = Path(__file__).parent
PASSWORD = "huiyin-demo-2026"  # noqa: S105 -- printed on purpose; a demonstration guards nothing

# Without a mail server notices are recorded and not sent: enough of them that the log shows what there would be.
WITH_ADDRESS = frozenset({"officer", "head", "supervisor"})

LIGHT_QUESTIONS = [
    {
        "code": "pole",
        "type": "text",
        "labels": {"zh-hans": "灯杆上的编号（如果有）", "zh-hant": "燈桿上的編號（如果有）", "en": "Number on the pole, if there is one"},
    },
    {
        "code": "extent",
        "type": "one_of",
        "required": True,
        "labels": {"zh-hans": "是一盏还是整排？", "zh-hant": "是一盞還是整排？", "en": "One lamp or a whole row?"},
        "options": [
            {"code": "one", "labels": {"zh-hans": "一盏", "zh-hant": "一盞", "en": "One"}},
            {"code": "row", "labels": {"zh-hans": "整排", "zh-hant": "整排", "en": "A whole row"}},
        ],
    },
    {
        "code": "since",
        "type": "date",
        "labels": {"zh-hans": "从哪天开始？", "zh-hant": "從哪天開始？", "en": "Since which day?"},
        "shown_if": {"code": "extent", "equals": "row"},
    },
]  # fmt: skip

TEMPLATES = [
    (
        "已派人到场",
        "您好，您反映的“{service}”（编号 {number}）我们已经派人到现场查看。处理结果我们会在 {deadline} 前写在这里告诉您。",
        "",
    ),
    (
        "已修复",
        "您好，您反映的问题已经处理完毕，请您看一看是否满意。如果还有问题，可以在这里直接重新打开。{unit}",
        "",
    ),
    ("需要补充地点", "您好，为了尽快找到地方，请告诉我们最近的门牌号或公交站名，有照片更好。", "in_progress"),
    ("需要时间", "您好，这件事需要订购配件。我们会在 {deadline} 前给您答复，这个日期不会悄悄改变。", ""),
]


@functools.cache
def words() -> dict[str, Any]:
    """Everything in the TOML files."""
    found = tomllib.loads((FOLDER / "city.toml").read_text(encoding="utf-8"))
    return found | {"services": tomllib.loads((FOLDER / "services.toml").read_text(encoding="utf-8"))["s"]}


def names(row: dict[str, Any]) -> dict[str, str]:
    """Names in three scripts; Traditional is made from Simplified."""
    return {"zh-hans": row["zh"], "zh-hant": script.traditional(row["zh"]), "en": row["en"]}


def build_areas() -> None:
    """Four districts with their outlines."""
    for row in words()["areas"]:
        west, south, east, north = row["box"]
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        places.create_area(
            row["code"],
            names=names(row),
            shape={"type": "Polygon", "coordinates": [ring]},
            point=((south + north) / 2, (west + east) / 2),
            actor="system",
        )


def build_units() -> dict[str, Unit]:
    """Twelve units by code."""
    return {
        row["code"]: organisations.create_unit(row["code"], names=names(row), actor="system")
        for row in words()["units"]
    }


def build_services(units: dict[str, Unit]) -> dict[str, Service]:
    """Sixty services in ten groups, by code."""
    groups = {
        row["code"]: catalogue.create_service(
            f"group-{row['code']}", draft=catalogue.Draft(public_names=names(row)), actor="system"
        )
        for row in words()["groups"]
    }
    return {
        row["code"]: catalogue.create_service(
            row["code"],
            parent=groups[row["g"]],
            draft=_draft(row, units),
            actor="system",
            change_note="初始版本",
        )
        for row in words()["services"]
    }


def _draft(row: dict[str, Any], units: dict[str, Unit]) -> catalogue.Draft:
    form = (
        questionnaires.create_form(LIGHT_QUESTIONS, actor="system") if row["code"] == "street-light" else None
    )
    notice = {"zh-hans": row["emergency_zh"], "en": row["emergency_en"]} if "emergency_zh" in row else {}
    if notice:
        notice["zh-hant"] = script.traditional(notice["zh-hans"])
    return catalogue.Draft(
        public_names=names(row),
        keywords=row["k"],
        unit_id=units[row["u"]].pk,
        kind=row.get("kind", "help"),
        urgency=row.get("urgency", "ordinary"),
        form_id=form.pk if form else None,
        may_publish=not row.get("contact", False),
        anonymous_allowed=not row.get("contact", False),
        contact_required=row.get("contact", False),
        emergency_notice=notice,
    )


def build_staff(units: dict[str, Unit]) -> dict[str, list[User]]:
    """Forty people: three officers and a head in most units, and the roles of the hotline. By role or unit code."""
    people: dict[str, list[User]] = {}
    serial = 0

    def add(username: str, role: Role, unit: Unit | None, key: str) -> None:
        nonlocal serial
        city = words()
        name = city["surnames"][serial % 16] + city["given"][(serial * 7) % 16]
        serial += 1
        email = f"{username}@example.org" if username in WITH_ADDRESS else ""
        user = accounts.create_user(username, name=name, password=PASSWORD, email=email, actor="system")
        accounts.give_role(user, role=role, unit_id=unit.pk if unit else None, actor="system")
        people.setdefault(key, []).append(user)

    hotline = units["hotline"]
    for role, count in ((Role.OPERATOR, 4), (Role.DISPATCHER, 2), (Role.SUPERVISOR, 1), (Role.ARBITER, 1), (Role.ADMINISTRATOR, 1), (Role.AUDITOR, 1)):  # fmt: skip
        for number in range(1, count + 1):
            where = hotline if role in {Role.OPERATOR, Role.DISPATCHER} else None
            add(role.value if number == 1 else f"{role.value}{number}", role, where, role.value)
    offices = [unit for code, unit in units.items() if code != "hotline"]
    for place, unit in enumerate(offices):
        for number in range(1, 3):
            add(f"{unit.code}{number}" if place or number > 1 else "officer", Role.OFFICER, unit, unit.code)
        add("head" if not place else f"{unit.code}-head", Role.UNIT_HEAD, unit, f"{unit.code}-head")
    return people


def build_templates() -> None:
    """A few reply templates."""
    for title, text, state in TEMPLATES:
        knowledge.create_template(knowledge.Draft(title=title, text=text, state=state), actor="system")


def build_programs() -> None:
    """Two programs of others; their keys are kept nowhere, so nobody can use them until a new one is made."""
    filing = frozenset({Scope.FILE_CASES, Scope.READ_PUBLISHED})
    programs.create(programs.Terms(name="随手拍 App", scopes=filing, per_minute=1200), actor="system")
    reading = programs.Terms(
        name="数据研究中心", scopes=frozenset({Scope.READ_PUBLISHED}), per_minute=60,
        expires_at=clock.now() + dt.timedelta(days=365),
    )  # fmt: skip
    programs.create(reading, actor="system")
