"""Writing a consultation: its texts, dates and rules, and the statements it begins with."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations import permissions, pseudonyms
from huiyin.consultations.enums import (
    OVER,
    Action,
    Audience,
    Moderation,
    Origin,
    Results,
    Standing,
    State,
)
from huiyin.consultations.models import Consultation, Statement
from huiyin.consultations.operations.acting import acting, locked, record
from huiyin.consultations.queries import statements as reading
from huiyin.kernel import checks
from huiyin.kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A consultation before it is saved; texts by language."""

    questions: dict[str, str]
    backgrounds: dict[str, str] = field(default_factory=dict)
    drafting_notes: dict[str, str] = field(default_factory=dict)
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    short_reasons: dict[str, str] = field(default_factory=dict)
    audience: str = Audience.ANYONE
    member_unit_id: int | None = None
    accepts_statements: bool = True
    votes_before_writing: int = 5
    moderation: str = Moderation.BEFORE
    moderation_policies: dict[str, str] = field(default_factory=dict)
    results: str = Results.LIVE

    def values(self) -> dict[str, Any]:
        """The fields as stored: texts without blanks and without languages that say nothing."""
        return {
            name: _texts(value) if isinstance(value, dict) else value for name, value in asdict(self).items()
        }


def _texts(given: dict[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in given.items() if text.strip()}


@transaction.atomic
def create(code: str, *, unit: Unit, draft: Draft, actor: accounts.Actor) -> Consultation:
    """Begin a consultation as a draft that only its organisers see.

    Refuses (Denied) whoever may not consult for the unit, (Conflict) a taken code and (Invalid) no question or an end
    before the beginning.
    """
    permissions.check_organise(actor, unit.pk)
    checks.check_code(code)
    row = Consultation(
        code=code,
        unit=unit,
        author=accounts.actor_user(actor),
        secret=pseudonyms.new_secret(),
        code_salt=secrets.token_hex(16),
        **_checked(draft),
    )
    checks.save_once(row, _("This code is taken. Choose another one."), field="code")
    record("consultation.created", row, actor)
    return row


def change(pk: int, *, draft: Draft, actor: accounts.Actor, revision: int) -> None:
    """Change a draft. Refuses (Conflict) once it is announced, or if somebody else changed it; else as `create`."""
    values = _checked(draft)
    with acting(pk, Action.EDIT, actor=actor) as act:
        if act.consultation.revision != revision:
            raise Conflict(_("Somebody else changed this consultation in between. Look at it first."))
        act.data = {"fields": sorted(k for k, v in values.items() if getattr(act.consultation, k) != v)}
        for name, value in values.items():
            setattr(act.consultation, name, value)


@transaction.atomic
def add_seeds(
    pk: int, *, texts: Sequence[str], language: str, actor: accounts.Actor, is_meta: bool = False
) -> list[Statement]:
    """Add statements of the organiser; they are shown at once. Blank ones and those already there are left out.

    `is_meta` marks questions about the participants. Refuses (Conflict) a consultation that is over, (Invalid) a
    statement that is too long.
    """
    row = locked(pk)
    permissions.check_organise(actor, row.unit_id)
    if row.state in OVER:
        raise Conflict(_("This consultation has closed. No statements can be added."))
    known = set(row.statements.values_list("text", flat=True))
    cleaned = [text for text in dict.fromkeys(map(clean, texts)) if text and text not in known]
    for text in cleaned:
        check_length(text)
    first = next_number(row)
    made = Statement.objects.bulk_create(
        Statement(
            consultation=row,
            number=number,
            text=text,
            language=language,
            origin=Origin.SEED,
            standing=Standing.PUBLISHED,
            is_meta=is_meta,
        )
        for number, text in enumerate(cleaned, start=first)
    )
    record("consultation.seeds_added", row, actor, count=len(made))
    return made


@transaction.atomic
def remove_seed(pk: int, *, actor: accounts.Actor) -> None:
    """Take a statement of the organiser out of a draft for good; the others keep their order.

    Refuses (Conflict) once the consultation is announced: then a statement is removed with a reason, and counted.
    """
    seed = reading.of_any(pk)
    row = locked(seed.consultation_id)
    permissions.check_organise(actor, row.unit_id)
    if row.state != State.DRAFT:
        raise Conflict(_("It was announced already. Remove the statement with a reason instead."))
    seed.delete()
    record("consultation.seed_removed", row, actor, number=seed.number)


def clean(text: str) -> str:
    """A statement on one line, without control characters."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())


def check_length(text: str) -> None:
    """Refuse (Invalid) a statement of no words or of too many."""
    most = reading.longest()
    if not text:
        message = _("Write a sentence that others can agree or disagree with.")
        raise Invalid(message, fields={"text": message})
    if len(text) > most:
        message = _("A statement has at most %(most)s characters, so that it can be read at a glance.") % {
            "most": most
        }
        raise Invalid(message, fields={"text": message})


def next_number(row: Consultation) -> int:
    """The number of the next statement of a locked consultation."""
    last = row.statements.aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


def _checked(draft: Draft) -> dict[str, Any]:
    values = draft.values()
    problems: dict[str, str] = {}
    if not values["questions"]:
        problems["questions"] = _("Write the question.")
    begin, end = draft.opens_at, draft.closes_at
    if begin and end and begin >= end:
        problems["closes_at"] = _("The end must be later than the beginning.")
    if draft.audience == Audience.UNIT and draft.member_unit_id is None:
        problems["member_unit_id"] = _("Name the unit whose members may take part.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    return values
