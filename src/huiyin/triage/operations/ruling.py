"""Rules and thresholds: written, ordered and switched by administrators, each change in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.kernel import clock, memory
from huiyin.kernel.errors import Invalid, Missing
from huiyin.triage import permissions
from huiyin.triage.enums import Mode
from huiyin.triage.models import Rule, Threshold
from huiyin.triage.queries import rules

if TYPE_CHECKING:
    from huiyin.catalogue.models import Service
    from huiyin.organisations.models import Unit
    from huiyin.places.models import Area

MOST_WORDS, LONGEST_WORD = 50, 40


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything that a rule says."""

    name: str
    words: tuple[str, ...] = ()
    service: Service | None = None
    unit: Unit | None = None
    area: Area | None = None
    kind: str = ""
    weekdays: tuple[int, ...] = ()
    hour_from: int | None = None
    hour_until: int | None = None
    then_service: Service | None = None
    then_unit: Unit | None = None
    then_kind: str = ""
    then_urgency: str = ""
    sample_percent: int = 10
    most_disagreement: int = 10


@transaction.atomic
def create_rule(draft: Draft, *, actor: accounts.Actor) -> Rule:
    """Add a rule below the others; it proposes at once. Refuses (Invalid) one without a condition or an answer."""
    permissions.check_manage(actor)
    row = Rule(position=(Rule.objects.aggregate(last=Max("position"))["last"] or 0) + 1)
    _fill(row, draft)
    _record("created", row, actor)
    return row


@transaction.atomic
def change_rule(pk: int, *, draft: Draft, actor: accounts.Actor) -> Rule:
    """Replace what a rule says. One that filed by itself only proposes afterwards: what it says now is untried."""
    permissions.check_manage(actor)
    row = _locked(pk)
    if row.mode == Mode.AUTOMATIC:
        row.mode = Mode.PROPOSES
    _fill(row, draft)
    _record("changed", row, actor)
    return row


@transaction.atomic
def move_up(pk: int, *, actor: accounts.Actor) -> None:
    """Put a rule before the one above it; the first stays where it is."""
    permissions.check_manage(actor)
    rows = list(Rule.objects.select_for_update().order_by("position", "id"))
    place = next((index for index, row in enumerate(rows) if row.pk == pk), 0)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for number, row in enumerate(rows, start=1):
        row.position = number
    Rule.objects.bulk_update(rows, ["position"])
    audit.record("triage.rule.moved", actor=accounts.actor_name(actor), subject=f"rule:{pk}")
    _forget()


@transaction.atomic
def remove_rule(pk: int, *, actor: accounts.Actor) -> None:
    """Delete a rule. What it decided stays decided, and stays in the figures."""
    permissions.check_manage(actor)
    row = _locked(pk)
    _record("removed", row, actor)
    row.delete()
    _forget()


@transaction.atomic
def switch_rule(pk: int, *, mode: Mode, actor: accounts.Actor) -> Rule:
    """Let a rule do nothing, propose, or file by itself. Reviews from before do not count against it any more."""
    permissions.check_manage(actor)
    row = _locked(pk)
    _switch(row, mode)
    row.save()
    _record(f"mode.{mode.value}", row, actor)
    return row


@transaction.atomic
def set_threshold(
    service: Service,
    *,
    percent: int,
    mode: Mode,
    sample_percent: int,
    most_disagreement: int,
    actor: accounts.Actor,
) -> Threshold:
    """Say from which probability on cases without a service are filed under this one by themselves.

    Refuses (Invalid) less than 50 percent, and percentages that are none.
    """
    permissions.check_manage(actor)
    _check_percent("percent", percent, least=50)
    _check_percent("sample_percent", sample_percent, least=1)
    _check_percent("most_disagreement", most_disagreement, least=0)
    row, _new = Threshold.objects.select_for_update().get_or_create(service=service)
    row.percent, row.sample_percent, row.most_disagreement = percent, sample_percent, most_disagreement
    _switch(row, mode)
    row.save()
    audit.record(
        "triage.threshold.set", actor=accounts.actor_name(actor), subject=f"service:{service.pk}",
        data={"percent": percent, "mode": mode.value, "sample": sample_percent, "most": most_disagreement},
    )  # fmt: skip
    return row


def _switch(row: Rule | Threshold, mode: Mode) -> None:
    if mode is Mode.AUTOMATIC and row.mode != Mode.AUTOMATIC:
        row.automatic_since, row.stopped_at = clock.now(), None
    row.mode = mode


def _check_percent(name: str, value: int, *, least: int) -> None:
    if not least <= value <= 100:
        text = _("Write a whole number from %(least)s to 100.") % {"least": least}
        raise Invalid(text, fields={name: text})


def _locked(pk: int) -> Rule:
    row = Rule.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise Missing(_("There is no such rule."))
    return row


def _fill(row: Rule, draft: Draft) -> None:
    values: dict[str, Any] = vars(draft) | {
        "name": draft.name.strip()[:80],
        "words": _words(draft.words),
        "weekdays": sorted(set(draft.weekdays) & set(range(7))),
    }
    for name, value in values.items():
        setattr(row, name, value)
    _check(row)
    row.save()
    _forget()


def _words(given: tuple[str, ...]) -> list[str]:
    found = list(dict.fromkeys(word.replace("\x00", "").strip() for word in given))
    kept = [word for word in found if word]
    if len(kept) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in kept):
        text = _("At most 50 words or phrases of 40 characters each.")
        raise Invalid(text, fields={"words": text})
    return kept


def _check(row: Rule) -> None:
    if not row.name:
        text = _("Give the rule a name; it stands in the timeline.")
        raise Invalid(text, fields={"name": text})
    if rules.conditions(row).are_empty:
        text = _("Say when the rule holds: without a condition it would hold for every case.")
        raise Invalid(text, fields={"words": text})
    if not (row.then_service_id or row.then_unit_id or row.then_kind or row.then_urgency):
        text = _("Say what the rule proposes.")
        raise Invalid(text, fields={"then_service": text})
    _check_percent("sample_percent", row.sample_percent, least=1)
    _check_percent("most_disagreement", row.most_disagreement, least=0)
    for name, low, high in (("hour_from", 0, 23), ("hour_until", 1, 24)):
        value = getattr(row, name)
        if value is not None and not low <= value <= high:
            text = _("Write an hour from %(low)s to %(high)s.") % {"low": low, "high": high}
            raise Invalid(text, fields={name: text})


def _record(what: str, row: Rule, actor: accounts.Actor) -> None:
    audit.record(
        f"triage.rule.{what}",
        actor=accounts.actor_name(actor),
        subject=f"rule:{row.pk}",
        data={"name": row.name},
    )
    _forget()


def _forget() -> None:
    """This process reads the rules anew at once; the others within seconds."""
    memory.forget("triage-rules")
