"""Splitting off a part for another unit, and linking cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.cases.enums import Action, Party, State
from huiyin.cases.logic import indexing
from huiyin.cases.models import Case, CaseLink, Event
from huiyin.cases.operations import clocks, intake, turns
from huiyin.cases.operations.acting import Acting, Actor, acting
from huiyin.kernel.errors import Conflict, Denied, Invalid

if TYPE_CHECKING:
    from huiyin.catalogue.models import ServiceVersion


@dataclass(frozen=True, kw_only=True)
class Part:
    """What another unit is to do: its text, and the service it falls under."""

    text: str
    version: ServiceVersion | None


def split(case_id: int, *, part: Part, actor: Actor, revision: int | None = None) -> Case:
    """Split off a part as a case of its own, at any depth. Its person stays the same, and the same secret opens it.

    The part is promised for the same moment as the whole: splitting gives nobody more time. Its unit is that of its
    service; without one, or where the person complains about that unit, it waits for the dispatcher. What is
    confidential stays so in its parts. Refuses an empty text.
    """
    text = intake.cleaned(part.text)
    with acting(case_id, Action.SPLIT, actor=actor, revision=revision) as act:
        child = _child(act, text=text, part=part)
        child.save(force_insert=True)
        first, *others = intake.first_events(child, now=act.now)
        first.party, first.actor, first.data = (
            Party(act.party),
            actor.user,
            first.data | {"of": act.case.number},
        )
        Event.objects.bulk_create([first, *others])
        turns.look_for_officer(child)
        act.data = {"numbers": [child.number], "unit": child.unit_id}
        return child


def _child(act: Acting, *, text: str, part: Part) -> Case:
    whole, version = act.case, part.version
    root = whole.root or whole
    unit = intake.first_unit(version, about=whole.about_unit or root.about_unit)
    child = Case(
        number=intake.next_number(), secret_hash=whole.secret_hash, text=text, language=whole.language, kind=whole.kind,
        channel_id=whole.channel_id, service_id=version.service_id if version else None, service_version=version,
        urgency=whole.urgency, place_text=whole.place_text, area_id=whole.area_id, lat=whole.lat, lon=whole.lon,
        anonymity=whole.anonymity, filed_by_id=whole.filed_by_id, parent=whole, root_id=whole.root_id or whole.pk,
        is_confidential=whole.is_confidential, unit=unit, received_at=act.now,
        words=indexing.case_words(text, whole.place_text, received_at=act.now),
    )  # fmt: skip
    if unit is not None:
        child.state, child.assigned_at = State.ASSIGNED, act.now
    clocks.promise(child, version=version, unit=unit, start=act.now)
    child.promised_at = child.due_at = whole.due_at
    child.answer_limit = whole.answer_limit
    return child


@transaction.atomic
def link(case_id: int, *, other: int, actor: Actor) -> CaseLink:
    """Say that two cases have to do with each other. Refuses (Invalid) the case itself, (Conflict) a second time."""
    first, second = _in_order(case_id, other)
    if actor.user is None:
        raise Denied(_("Only staff link cases."))
    with acting(first, Action.LINK, actor=actor) as one, acting(second, Action.LINK, actor=actor) as two:
        row, new = CaseLink.objects.get_or_create(
            first=one.case, second=two.case, defaults={"by": actor.user}
        )
        if not new:
            raise Conflict(_("These cases are linked already."))
        one.data, two.data = {"numbers": [two.case.number]}, {"numbers": [one.case.number]}
        return row


@transaction.atomic
def unlink(case_id: int, *, other: int, actor: Actor) -> None:
    """Undo a link. Refuses (Conflict) where there is none."""
    first, second = _in_order(case_id, other)
    with acting(first, Action.UNLINK, actor=actor) as one, acting(second, Action.UNLINK, actor=actor) as two:
        gone, _rows = CaseLink.objects.filter(first=one.case, second=two.case).delete()
        if not gone:
            raise Conflict(_("These cases are not linked."))
        one.data, two.data = {"numbers": [two.case.number]}, {"numbers": [one.case.number]}


def _in_order(one: int, other: int) -> tuple[int, int]:
    if one == other:
        message = _("Name another case than this one.")
        raise Invalid(message, fields={"number": message})
    return min(one, other), max(one, other)
