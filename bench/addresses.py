"""Every address that answers a page, with somebody who may see it and things that are stored.

Import it when Django is up. What stands in an address (a case, a callback, a hook) is looked for among what is stored;
the first somebody and something that get a page are taken. What gets none is named, so that nothing is left out quietly.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.models import Membership, Program, User
from huiyin.accounts.operations import programs
from huiyin.aftercare.models import Callback, Sample
from huiyin.cases.enums import OPEN_STATES
from huiyin.cases.models import Case, Hold, Merge, Precedent, Return, Summoned, Task
from huiyin.cases.operations import intake
from huiyin.catalogue.models import Channel, Service
from huiyin.consultations.models import Answer, CodeBatch, Consultation, Statement
from huiyin.feedback.models import Exclusion
from huiyin.hooks.models import Delivery, Hook
from huiyin.hooks.operations import setting_up, telling
from huiyin.knowledge import operations as knowledge
from huiyin.knowledge.models import ReplyTemplate
from huiyin.organisations import operations as organisations
from huiyin.organisations.models import Calendar, Jurisdiction, Team, Unit
from huiyin.people.models import Purpose
from huiyin.people.operations import purposes
from huiyin.places.models import Area
from huiyin.relays.models import Connection
from huiyin.topics.models import Topic
from huiyin.triage.models import Review, Rule
from huiyin.triage.operations import ruling
from huiyin.usecases import filing
from huiyin.web.desk import actions

TRIED = 5
STAFF = (
    "officer", "dispatcher", "supervisor", "operator", "unit_head", "auditor", "arbiter", "administrator",
)  # fmt: skip
# A person on the page of their case, one who is writing, and one who looks at all their cases.
PERSON, WRITER, ALL_CASES = "person", "writer", "person of several"
NAMESPACES = {"public": ("", PERSON, WRITER, ALL_CASES), "log": ("",), "desk": STAFF, "manage": ("administrator", "auditor")}  # fmt: skip
TEXT = "莲花路 12 号的路灯坏了三天，晚上很黑。"
# Buttons, files and what only answers to a link: no page of its own to open.
NO_PAGES = frozenset(
    {
        "public:report_send", "public:report_put_away", "public:report_restart", "public:case_support",
        "public:consultation_enter", "public:consultation_leave", "public:leave", "public:part", "public:all_data_send",
        "public:all_data_secrets", "public:follow_link", "desk:unmerge", "desk:unlink", "desk:take_proposed", "desk:duplicate",
        "desk:relay_again", "desk:reveal", "desk:cancel_task", "desk:arrived", "desk:dispatch_send", "desk:bulk",
        "desk:keep_filter", "desk:forget_filter", "desk:callback_take", "desk:absence_end", "desk:topic_decide",
        "manage:rule_act", "manage:calendar_file_take", "manage:questions_arrange",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Screen:
    """An address with what stands in it, and those who could see it."""

    name: str
    users: tuple[str, ...]
    ways: tuple[str, ...]


def _keys(model: type[Model]) -> Callable[[], list]:
    return lambda: list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:TRIED])


def _numbers() -> list[str]:
    """Cases of many kinds: of each open state, answered, merged, returned, held, confidential."""
    unit = Membership.objects.filter(user__username="officer").values_list("unit_id", flat=True).first()
    found = []
    for state in (*(one.value for one in OPEN_STATES), "answered", "closed", "merged"):
        rows = Case.objects.filter(state=state)
        found += [rows.filter(unit_id=unit).order_by("pk").first(), rows.order_by("-received_at").first()]
    found += [
        row.case for row in (*Return.objects.order_by("-pk")[:TRIED], *Hold.objects.filter(ended_at=None)[:2])
    ]
    found += [row.case for row in (*Merge.objects.order_by("-pk")[:1], *Task.objects.order_by("-pk")[:1])]
    found += [Case.objects.filter(is_confidential=True).order_by("-pk").first()]
    found += [row.reply.case for row in Callback.objects.filter(ended_at=None)[:2]]
    return list(dict.fromkeys(row.number for row in found if row is not None))


# By name of the address, or for all of a namespace, what may stand in its parts.
PARTS: dict[str, dict[str, Callable[[], list]]] = {
    "desk:callback": {"number": lambda: [row.reply.case.number for row in Callback.objects.filter(ended_at=None)[:TRIED]]},
    "desk:exclusion": {"pk": _keys(Exclusion)}, "desk:sample": {"pk": _keys(Sample)},
    "desk:absence": {"pk": lambda: list(Membership.objects.filter(role=Role.OFFICER).values_list("user_id", flat=True)[:TRIED])},
    "desk:review": {"pk": _keys(Review)}, "desk:topic": {"pk": _keys(Topic)}, "desk:distribution": {"pk": _keys(Unit)},
    "desk:contribute": {"pk": _keys(Task)}, "desk:revoke_precedent": {"pk": _keys(Precedent)},
    "desk:arrived": {"pk": _keys(Summoned)}, "desk:act": {"action": lambda: list(actions.FORMS), "number": _numbers},
    "desk:": {"number": _numbers, "pk": _keys(Consultation), "statement": _keys(Statement), "batch": _keys(CodeBatch),
              "answer": lambda: list(Answer.objects.order_by("-pk").values_list("pk", flat=True)[:TRIED]),
              "action": lambda: ["schedule", "open", "close", "answer", "archive", "cancel"]},
    "public:": {"number": lambda: list(Case.objects.filter(publication__isnull=False).values_list("number", flat=True)[:TRIED]),
                "code": lambda: list(Consultation.objects.order_by("-pk").values_list("code", flat=True)[:TRIED])},
    "manage:": {"pk": list, "code": lambda: list(Service.objects.order_by("pk").values_list("code", flat=True)[:TRIED]),
                "key": lambda: ["ordinary_limit"], "place": lambda: [1], "event": lambda: ["answer"], "via": lambda: ["sms"],
                "language": lambda: ["zh-hans"], "date": lambda: [f"{dt.date(dt.date.today().year, 10, 1)}"]},
    "manage:channel": {"code": lambda: list(Channel.objects.values_list("code", flat=True)[:1])},
    "manage:delivery": {"pk": lambda: list(Delivery.objects.order_by("-pk").values_list("hook_id", flat=True)[:1]),
                        "message": lambda: list(Delivery.objects.order_by("-pk").values_list("pk", flat=True)[:1])},
}  # fmt: skip
# The thing that the number in an address of Manage names, by how the address's name begins.
MANAGED = {
    "unit": Unit, "team": Team, "user": User, "connection": Connection, "jurisdiction": Jurisdiction, "program": Program,
    "hook": Hook, "template": ReplyTemplate, "calendar": Calendar, "purpose": Purpose, "rule": Rule,
}  # fmt: skip


def _choices(name: str, part: str) -> list:
    space = name.split(":", maxsplit=1)[0] + ":"
    if part == "member":
        return list(Membership.objects.order_by("pk").values_list("pk", flat=True)[:TRIED])
    if part == "pk" and space == "manage:" and name not in PARTS:
        begins = name.removeprefix(space).split("_")[0]
        if name == "manage:team_new":
            begins = "unit"
        return _keys(MANAGED[begins])() if begins in MANAGED else []
    found = PARTS.get(name, {}).get(part) or PARTS[space].get(part)
    return found() if found is not None else []


def _patterns(resolver: URLResolver) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        elif isinstance(entry, URLPattern) and entry.name:
            yield entry.name, tuple(entry.pattern.converters)


def every() -> Iterator[Screen]:
    """All addresses of the four parts that people look at; each action on a case is one of its own."""
    for space, (_prefix, resolver) in get_resolver().namespace_dict.items():
        if space not in NAMESPACES:
            continue
        for short, parts in _patterns(resolver):
            name = f"{space}:{short}"
            if name in NO_PAGES:
                continue
            choices = [_choices(name, part) for part in parts]
            if name == "manage:user_take_role":
                rows = Membership.objects.order_by("pk").values_list("user_id", "pk")[:1]
                combined = list(rows)
            else:
                combined = list(itertools.product(*choices))
            if name in {"desk:act", "desk:consultation_step"}:
                for action, group in _by_action(parts, combined).items():
                    yield Screen(f"{name} {action}", STAFF, tuple(_way(name, parts, one) for one in group))
            else:
                yield Screen(name, NAMESPACES[space], tuple(_way(name, parts, one) for one in combined))


def _by_action(parts: tuple[str, ...], combined: list[tuple]) -> dict[str, list[tuple]]:
    place, found = parts.index("action"), {}
    for one in combined:
        found.setdefault(one[place], []).append(one)
    return found


def _way(name: str, parts: tuple[str, ...], values: tuple) -> str:
    return reverse(name, kwargs=dict(zip(parts, values, strict=True)))


class Visitors:
    """One browser for each somebody."""

    def __init__(self) -> None:
        self._kept: dict[str, Client] = {}

    def browser(self, who: str) -> Client | None:
        """The browser of an account, a role, or one of the people above; None where there is no such account."""
        if who not in self._kept:
            browser = Client(headers={"accept-language": "zh-hans"})
            if who in {PERSON, ALL_CASES}:
                _follow(browser, who)
            elif who == WRITER:
                _write(browser)
            elif who:
                found = (
                    User.objects.filter(username=who).first()
                    or User.objects.filter(memberships__role=who).first()
                )
                if found is None:
                    return None
                browser.force_login(found)
            self._kept[who] = browser
        return self._kept[who]


def _follow(browser: Client, who: str) -> None:
    channel = Channel.objects.filter(code="web").first() or Channel.objects.first()
    version = Service.objects.filter(current__unit__isnull=False).first().current
    new = intake.NewCase(text=TEXT, channel=channel, version=version)
    filed = filing.file_case(new, contact=filing.ContactGiven(name="王小明", phone="13812345670"))
    if who == PERSON:
        browser.post(reverse("public:track"), {"number": filed.case.number, "secret": filed.secret})
    else:
        pairs = f"{filed.case.number} {filed.secret}"
        browser.post(reverse("public:all_data_secrets"), {"pairs": pairs})


def _write(browser: Client) -> None:
    browser.post(reverse("public:report_matter"), {"text": TEXT})
    browser.post(reverse("public:report_service"), {"service": "unsure"})


def make_missing() -> None:
    """One of each thing that Manage shows, where there is none: the database belongs to the bench."""
    unit, by = Unit.objects.order_by("pk").first(), "system"
    if not Program.objects.exists():
        programs.create(programs.Terms(name="App", scopes=frozenset({Scope.READ_PUBLISHED})), actor=by)
    if not Hook.objects.exists():
        row, _secret = setting_up.create(setting_up.Terms(name="Board", url="https://1.1.1.1/"), actor=by)
        telling.ping(row, actor=by)
    if not Jurisdiction.objects.exists():
        organisations.create_jurisdiction("north.city.example", unit=unit, actor=by)
    if not Team.objects.exists():
        organisations.create_team(unit, name="Night", actor=by)
    if not Purpose.objects.exists():
        purposes.create({"zh-hans": "回电", "en": "Calling back"}, actor=by)
    if not Rule.objects.exists():
        ruling.create_rule(
            ruling.Draft(name="天黑", words=("漆黑",), then_service=Service.objects.first()), actor=by
        )
    if not ReplyTemplate.objects.exists():
        knowledge.create_template(knowledge.Draft("修好了", "您好，{number} 已修好。"), actor=by)
    if not Calendar.objects.exists():
        organisations.create_calendar(
            "工作日", time_zone="Asia/Shanghai", weekly=["09:00-17:00"] * 5 + [""] * 2, actor=by
        )
    if not Area.objects.exists():
        Area.objects.create(code="000001", names={"zh-hans": "示例区", "en": "Example District"})
