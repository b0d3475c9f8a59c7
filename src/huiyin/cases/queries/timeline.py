"""The rows of a case's timeline with every name their sentences need, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from huiyin.accounts import queries as accounts
from huiyin.cases.enums import Action, ReplyKind
from huiyin.cases.models import Case, CaseFile, Event
from huiyin.catalogue import queries as catalogue
from huiyin.organisations import queries as organisations

Names = dict[str, str]
# What the person does not see: talk among colleagues, and who of them sits at which desk.
HIDDEN_FROM_THE_PERSON = (
    Action.NOTE, Action.TAKE, Action.ASK_EXTENSION, Action.REFUSE_EXTENSION, Action.RETURN, Action.TO_ARBITER,
    Action.WARN, Action.MERGED_WRITES, Action.SEPARATE, Action.LINK, Action.UNLINK,
    Action.ADD_TASK, Action.CONTRIBUTE, Action.CANCEL_TASK, Action.SUMMON, Action.ARRIVE, Action.URGE, Action.ESCALATE,
    Action.NAME_UNIT, Action.MAKE_CONFIDENTIAL, Action.END_CONFIDENTIAL, Action.DECLARE_CONFLICT,
    Action.HOLD, Action.LIFT_HOLD, Action.END_HOLD,
)  # fmt: skip


@dataclass(frozen=True)
class Timeline:
    """Events in their order, and names by id: of units and services by language, of officers as they are."""

    events: list[Event]
    units: dict[int, Names] = field(default_factory=dict)
    services: dict[int, Names] = field(default_factory=dict)
    officers: dict[int, str] = field(default_factory=dict)
    # Files by what they came with: ("reply", id), ("message", id), or ("case", 0) for those of the first text.
    files: dict[tuple[str, int], list[CaseFile]] = field(default_factory=dict)


def for_staff(case: Case) -> Timeline:
    """Everything that happened, notes included."""
    return _timeline(case, _events(case).select_related("note", "actor"))


def for_person(case: Case) -> Timeline:
    """What the person sees: rows about notes and officers are not even read."""
    return _timeline(case, _events(case).exclude(action__in=HIDDEN_FROM_THE_PERSON))


def since(case: Case, event_id: int) -> Timeline:
    """What happened after this event, for somebody who had read up to it."""
    return _timeline(case, _events(case).filter(pk__gt=event_id).select_related("note", "actor"))


def last_answer(case: Case) -> str:
    """The text of the last answer, empty where there is none yet."""
    row = case.replies.filter(kind=ReplyKind.ANSWER).order_by("-sent_at", "-pk").first()
    return row.text if row is not None else ""


def _events(case: Case) -> QuerySet[Event]:
    return case.events.select_related("unit", "reply", "message").order_by("at", "id")


def _timeline(case: Case, rows: Iterable[Event]) -> Timeline:
    events = list(rows)
    units = {event.unit.pk: event.unit.names for event in events if event.unit is not None}
    officers = {
        event.actor.pk: event.actor.name
        for event in events
        if event.action == Action.TAKE and event.actor is not None
    }
    wanted_units = _ids(events, "unit", "from_unit", "units") - units.keys()
    wanted_services = _ids(events, "service", "from_service")
    wanted_officers = _ids(events, "officer", "instead_of") - officers.keys()
    if wanted_units:
        remembered = organisations.unit_names_remembered()
        units |= {pk: remembered[pk][1] for pk in wanted_units & remembered.keys()}
    if wanted_units - units.keys():
        units |= {unit.pk: unit.names for unit in organisations.units().filter(pk__in=wanted_units)}
    if wanted_officers:
        officers |= accounts.names_of(wanted_officers)
    return Timeline(
        events,
        units,
        _service_names(wanted_services) if wanted_services else {},
        officers,
        _files(case),
    )


def _files(case: Case) -> dict[tuple[str, int], list[CaseFile]]:
    found: dict[tuple[str, int], list[CaseFile]] = {}
    for row in case.files.select_related("file").order_by("position", "id"):
        key = ("reply", row.reply_id) if row.reply_id else ("message", row.message_id or 0)
        found.setdefault(key if key[1] else ("case", 0), []).append(row)
    return found


def _service_names(ids: set[int]) -> dict[int, Names]:
    rows = catalogue.services().filter(pk__in=ids)
    return {row.pk: row.current.public_names for row in rows if row.current is not None}


def _ids(events: Iterable[Event], *keys: str) -> set[int]:
    found = [event.data.get(key) for event in events for key in keys]
    many = [value for values in found if isinstance(values, list) for value in values]
    return {value for value in (*found, *many) if isinstance(value, int)}
