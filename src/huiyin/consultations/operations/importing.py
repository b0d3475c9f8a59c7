"""Bringing in a consultation from files in the layout of Polis exports."""

from __future__ import annotations

import csv
import datetime as dt
import io
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations import permissions
from huiyin.consultations.enums import Moderation, Origin, RemovalReason, Results, Standing, State, Via
from huiyin.consultations.models import Consultation, Event, Participant, Statement
from huiyin.consultations.operations import maps, planning
from huiyin.consultations.operations.acting import record
from huiyin.engines.opinion import ingest
from huiyin.engines.opinion.votes import BadVotesError, VoteMatrix, from_columns
from huiyin.kernel import clock
from huiyin.kernel.errors import Invalid

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit

COMMENTS, VOTES, MATRIX, SUMMARY = "comments.csv", "votes.csv", "participants-votes.csv", "summary.csv"


@dataclass(frozen=True)
class Imported:
    """What came in, and what was left out with the reason."""

    consultation: Consultation
    statements: int
    participants: int = 0
    votes: int = 0
    warnings: list[str] = field(default_factory=list)


@transaction.atomic
def bring_statements(
    folder: Path, *, code: str, unit: Unit, language: str, actor: accounts.Actor
) -> Imported:
    """Begin a draft with the question and the statements of an export; statements removed there are left out.

    Refuses (Invalid) files that cannot be read, saying what is wrong; else as `planning.create`.
    """
    found, title, about = _described(folder)
    row = _begun(code, unit=unit, language=language, actor=actor, title=title or code, about=about)
    made = _statements(row, found, language=language, all_of_them=False)
    record("consultation.imported", row, actor, statements=len(made))
    return Imported(row, len(made), warnings=found.warnings)


@transaction.atomic
def bring_closed(folder: Path, *, code: str, unit: Unit, language: str, actor: accounts.Actor) -> Imported:
    """Bring in a whole conversation as one that has closed, and compute its map.

    Reads votes.csv, or participants-votes.csv where it is missing. Votes on statements that comments.csv does not list
    are left out, and counted in the warnings. Refuses (Invalid) what cannot be read; nothing is kept then.
    """
    found, title, about = _described(folder)
    try:
        votes, first, last = _votes(folder)
    except BadVotesError as error:
        raise Invalid(str(error)) from error
    votes, unknown = ingest.without_unknown(votes, known=found.ids)
    warnings = list(found.warnings)
    if unknown:
        warnings.append(
            _("%(count)s votes on statements that are not listed were left out.") % {"count": unknown}
        )
    row = _begun(code, unit=unit, language=language, actor=actor, title=title or code, about=about)
    made = _statements(row, found, language=language, all_of_them=True)
    _store_votes(row, votes, made, at=last)
    row.state, row.secret = State.CLOSED, ""
    row.opens_at = row.opened_at = first
    row.closes_at = row.closed_at = last
    row.save()
    Event.objects.create(
        consultation=row,
        at=clock.now(),
        action="close",
        party="organiser",
        actor=accounts.actor_user(actor),
        from_state=State.DRAFT,
        to_state=State.CLOSED,
        data={"imported": True},
    )
    maps.compute_final(row)
    record("consultation.imported", row, actor, statements=len(made), votes=len(votes.indices))
    return Imported(row, len(made), votes.shape[0], len(votes.indices), warnings)


def _begun(
    code: str, *, unit: Unit, language: str, actor: accounts.Actor, title: str, about: str
) -> Consultation:
    permissions.check_organise(actor, unit.pk)
    draft = planning.Draft(
        questions={language: title},
        backgrounds={language: about},
        moderation=Moderation.AFTER,
        results=Results.LIVE,
    )
    return planning.create(code, unit=unit, draft=draft, actor=actor)


def _described(folder: Path) -> tuple[ingest.Statements, str, str]:
    path = folder / COMMENTS
    if not path.is_file():
        raise Invalid(_("There is no %(name)s.") % {"name": COMMENTS})
    try:
        found = ingest.read_statements(path)
    except BadVotesError as error:
        raise Invalid(str(error)) from error
    if not any(found.ids):
        raise Invalid(_("%(name)s lists no statement.") % {"name": COMMENTS})
    said: dict[str, str] = {}
    if (folder / SUMMARY).is_file():
        text = (folder / SUMMARY).read_text(encoding="utf-8-sig", errors="replace")
        said = {line[0]: line[1] for line in csv.reader(io.StringIO(text)) if len(line) > 1}
    return found, said.get("topic", "").strip(), said.get("conversation-description", "").strip()


def _statements(
    row: Consultation, found: ingest.Statements, *, language: str, all_of_them: bool
) -> dict[str, Statement]:
    """Store the statements; returns them by their name in the file. Numbers are kept where all of them are some."""
    wanted = [name for name in found.ids if name and (all_of_them or name not in found.moderated_out)]
    plain = all(name.isdecimal() and str(int(name)) == name and int(name) < 2**31 for name in wanted)
    made = {}
    for place, name in enumerate(wanted):
        is_out = name in found.moderated_out
        made[name] = Statement(
            consultation=row,
            number=int(name) if plain else place,
            text=planning.clean(found.text.get(name, "")) or name,
            language=language,
            origin=Origin.PARTICIPANT if all_of_them else Origin.SEED,
            via=Via.IMPORT,
            is_meta=name in found.meta,
            standing=Standing.REMOVED if is_out else Standing.PUBLISHED,
            removal_reason=RemovalReason.ELSEWHERE if is_out else "",
        )
    Statement.objects.bulk_create(made.values(), batch_size=1_000)
    return made


def _votes(folder: Path) -> tuple[VoteMatrix, dt.datetime, dt.datetime]:
    now = clock.now()
    if (folder / VOTES).is_file():
        votes = ingest.read_votes(folder / VOTES)
        first, last = _period(folder / VOTES, now)
        return votes, first, last
    if (folder / MATRIX).is_file():
        return _matrix(folder / MATRIX), now - dt.timedelta(seconds=1), now
    raise BadVotesError(f"There is neither {VOTES} nor {MATRIX}.")


def _period(path: Path, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The moments of the first and the last vote; now, where the file does not say."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        moments = [
            int(text)
            for line in csv.DictReader(file)
            if (text := (line.get("timestamp") or "").strip()).isdecimal()
        ]
    if not moments or max(moments) / 1000 > now.timestamp():
        return now - dt.timedelta(seconds=1), now
    first, last = (dt.datetime.fromtimestamp(one / 1000, tz=dt.UTC) for one in (min(moments), max(moments)))
    return first, max(last, first + dt.timedelta(seconds=1))


def _matrix(path: Path) -> VoteMatrix:
    who: list[str] = []
    what: list[str] = []
    how: list[int] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = [name for name in reader.fieldnames or [] if name.strip().isdecimal()]
        if "participant" not in (reader.fieldnames or []):
            raise BadVotesError(f"{path.name} has no column participant.")
        for line in reader:
            for name in names:
                cell = (line[name] or "").strip()
                if cell not in {"", "1", "0", "-1", "1.0", "0.0", "-1.0"}:
                    raise BadVotesError(
                        f"{path.name}, row {reader.line_num}: “{cell}” is none of 1 (agree), -1 (disagree), 0 (pass)."
                    )
                if cell:
                    who.append(line["participant"])
                    what.append(name.strip())
                    how.append(int(float(cell)))
    return from_columns(who, what, how)


def _store_votes(
    row: Consultation, votes: VoteMatrix, made: dict[str, Statement], *, at: dt.datetime
) -> None:
    people = Participant.objects.bulk_create(
        [
            Participant(consultation=row, pseudonym=secrets.token_hex(32), via=Via.IMPORT, created_at=at)
            for _one in range(votes.shape[0])
        ],
        batch_size=5_000,
    )
    persons = np.repeat([one.pk for one in people], votes.votes_per_participant).tolist()
    ids = np.array([made[str(name)].pk for name in votes.statements.tolist()], dtype=np.int64)
    lines: Any = zip(
        persons, ids[votes.indices].tolist() if len(ids) else [], votes.values.tolist(), strict=True
    )
    columns = "(created_at, consultation_id, participant_id, statement_id, value, via)"
    with connection.cursor() as cursor, cursor.copy(f"COPY consultations_vote {columns} FROM STDIN") as copy:
        for person, statement, value in lines:
            copy.write_row((at, row.pk, person, statement, value, Via.IMPORT.value))
