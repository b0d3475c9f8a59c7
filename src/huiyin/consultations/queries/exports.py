"""A consultation as files: the layout of Polis exports, the results as CSV and JSON, and how they came about."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from django.conf import settings

from huiyin.catalogue.queries import localised
from huiyin.consultations.enums import Origin, Standing
from huiyin.consultations.models import Consultation, Statement
from huiyin.consultations.queries import matrix, method, visibility
from huiyin.engines.opinion import describing, mapping, votes

HOUR = 3_600_000  # milliseconds
MODERATED = {Standing.REMOVED: -1, Standing.WAITING: 0, Standing.PUBLISHED: 1}
COMMENT_COLUMNS = (
    "timestamp",
    "datetime",
    "comment-id",
    "author-id",
    "agrees",
    "disagrees",
    "moderated",
    "comment-body",
    "is-meta",
)
MEMORY = 4 * 1024 * 1024
Rows = Iterator[list[Any]]


@dataclass(frozen=True)
class Found:
    """What all files are written from: one reading of the votes, so that they agree with each other."""

    consultation: Consultation
    statements: list[Statement]
    columns: matrix.Columns
    map: mapping.OpinionMap

    @property
    def by_number(self) -> dict[int, Statement]:
        return {one.number: one for one in self.statements}


def read(row: Consultation) -> Found:
    """Read everything once and compute the map from scratch. Refuses (Denied) while results are hidden."""
    visibility.check_results(row)
    columns = matrix.ranked(row)
    found = votes.from_columns(columns.participant, columns.statement, columns.value)
    names = found.statements.tolist()
    out, meta = matrix.removed(row), matrix.meta(row)
    result = mapping.compute(
        found,
        zeroed=np.array([name in out for name in names], dtype=bool),
        meta=np.array([name in meta for name in names], dtype=bool),
        seed=row.seed,
    )
    listed = list(row.statements.select_related("answer__unit", "answer__promise").order_by("number"))
    return Found(row, listed, columns, result)


def archive(row: Consultation) -> IO[bytes]:
    """All files in one ZIP, at its start; the caller closes it. Refuses (Denied) while results are hidden."""
    found = read(row)
    target = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 -- handed to the caller, who closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, write in WRITERS.items():
            with (
                packed.open(name, "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, "utf-8", newline="") as text,
            ):
                write(found, text)
    target.seek(0)
    return target


def comments(found: Found) -> Rows:
    """Statements: Polis' columns, then whether a statement asks about the participants."""
    yield list(COMMENT_COLUMNS)
    counts = _counts(found)
    for one in found.statements:
        moment = int(one.created_at.timestamp() * 1000) // HOUR * HOUR
        agrees, disagrees = counts.get(one.number, (0, 0))
        state = MODERATED[Standing(one.standing)]
        yield [
            moment,
            _spelled(moment),
            one.number,
            "",
            agrees,
            disagrees,
            state,
            one.text,
            str(one.is_meta).lower(),
        ]


def cast(found: Found) -> Rows:
    """The votes that count."""
    yield ["timestamp", "datetime", "comment-id", "voter-id", "vote"]
    columns = found.columns
    hours = columns.moment // HOUR * HOUR
    spelled = {hour: _spelled(hour) for hour in np.unique(hours).tolist()}
    for hour, statement, voter, value in zip(
        hours.tolist(),
        columns.statement.tolist(),
        columns.participant.tolist(),
        columns.value.tolist(),
        strict=True,
    ):
        yield [hour, spelled[hour], statement, voter, value]


def participants(found: Found) -> Rows:
    """One row per participant: group, counts, and a cell per statement."""
    numbers = [one.number for one in found.statements]
    place = {number: at for at, number in enumerate(numbers)}
    yield ["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *numbers]
    cells, names = found.map.votes, found.map.votes.statements.tolist()
    for at, voter in enumerate(cells.participants.tolist()):
        where = cells.row(at)
        values = cells.values[where]
        line: list[Any] = [""] * len(numbers)
        for column, value in zip(cells.indices[where].tolist(), values.tolist(), strict=True):
            line[place[names[column]]] = value
        group = int(found.map.grouping.labels[at])
        agree, disagree = int((values == 1).sum()), int((values == -1).sum())
        yield [voter, group if group >= 0 else "", 0, len(values), agree, disagree, *line]


def summary(found: Found) -> Rows:
    """What Polis says of a conversation, a line each."""
    row, voters = found.consultation, len(found.map.votes.participants)
    yield ["topic", localised(row.questions)]
    yield ["url", f"{settings.HUIYIN_BASE_URL}/consultations/{row.code}/"]
    yield ["views", ""]
    yield ["voters", voters]
    yield ["voters-in-conv", int(np.count_nonzero(found.map.clusterable))]
    yield ["commenters", ""]
    yield ["comments", sum(one.origin == Origin.PARTICIPANT for one in found.statements)]
    yield ["groups", found.map.grouping.k]
    yield ["conversation-description", localised(row.backgrounds)]


def results(found: Found) -> Rows:
    """One line per statement that is shown: votes of all and of each group, agreement, and what became of it."""
    groups = range(found.map.grouping.k)
    head = ["statement", "text", "agrees", "disagrees", "passes", "seen", "group_aware_consensus"]
    by_group = [f"group_{group}_{what}" for group in groups for what in ("agrees", "disagrees", "seen")]
    yield [*head, *by_group, "decision", "unit", "reason", "promise", "promised_by", "promise_state"]
    place = {number: at for at, number in enumerate(found.map.votes.statements.tolist())}
    counts = found.map.counts
    for one in found.statements:
        if one.standing != Standing.PUBLISHED:
            continue
        at = place.get(one.number)
        everyone = (
            [0, 0, 0]
            if at is None
            else [int(part[-1][at]) for part in (counts.agrees, counts.disagrees, counts.seen)]
        )
        agrees, disagrees, seen = everyone
        shared = (
            ""
            if at is None or not groups
            else round(float(found.map.group_aware_consensus[at]), describing.DIGITS)
        )
        parts = [
            0 if at is None else int(part[group][at])
            for group in groups
            for part in (counts.agrees, counts.disagrees, counts.seen)
        ]
        yield [
            one.number,
            one.text,
            agrees,
            disagrees,
            seen - agrees - disagrees,
            seen,
            shared,
            *parts,
            *_answer(found, one),
        ]


def as_json(found: Found) -> dict[str, Any]:
    """The results and how they came about."""
    described = describing.describe(found.map, comments=None, seed=found.consultation.seed, asked=None)
    for entry in described["statements"]:
        entry["text"] = found.by_number[int(entry["statement"])].text
    return {"method": method.facts(found.consultation), "results": described}


def _answer(found: Found, one: Statement) -> list[str]:
    """What became of it, once that is public."""
    if one.answer is None or found.consultation.answered_at is None:
        return [""] * 6
    promise = getattr(one.answer, "promise", None)
    promised = (
        [localised(promise.whats), promise.due_on.isoformat(), promise.seen.value] if promise else [""] * 3
    )
    return [one.answer.decision, localised(one.answer.unit.names), localised(one.answer.reasons), *promised]


def _counts(found: Found) -> dict[int, tuple[int, int]]:
    counts = found.map.counts
    names = found.map.votes.statements.tolist()
    return dict(
        zip(names, zip(counts.agrees[-1].tolist(), counts.disagrees[-1].tolist(), strict=True), strict=True)
    )


def _spelled(moment: int) -> str:
    return dt.datetime.fromtimestamp(moment / 1000, tz=dt.UTC).strftime("%a %b %d %H:%M:%S UTC %Y")


def _csv(rows: Callable[[Found], Rows]) -> Callable[[Found, Any], None]:
    def write(found: Found, text: Any) -> None:
        csv.writer(text, lineterminator="\n").writerows(rows(found))

    return write


def _write_json(found: Found, text: Any) -> None:
    json.dump(as_json(found), text, ensure_ascii=False, indent=1, allow_nan=False)


def _write_note(found: Found, text: Any) -> None:
    row = found.consultation
    text.write(method.note(method.facts(row), title=localised(row.questions)))


WRITERS: dict[str, Callable[[Found, Any], None]] = {
    "comments.csv": _csv(comments),
    "votes.csv": _csv(cast),
    "participants-votes.csv": _csv(participants),
    "summary.csv": _csv(summary),
    "results.csv": _csv(results),
    "results.json": _write_json,
    "method.txt": _write_note,
}
