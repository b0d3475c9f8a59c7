"""The map as it may be seen. Whoever shows, mails or exports results comes through here or asks `visibility`."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from huiyin.consultations import logic
from huiyin.consultations.models import Consultation, OpinionMap, Statement
from huiyin.consultations.pseudonyms import Proof
from huiyin.consultations.queries import statements, visibility
from huiyin.engines.opinion import live

if TYPE_CHECKING:
    from huiyin.engines.opinion import mapping

MOST_POINTS = 2_000
JITTER = 0.02  # of the map's span: nobody finds a person again by their exact place


@dataclass(frozen=True)
class Tally:
    """Votes on one statement. None where so few voted that it is not told."""

    agrees: int | None
    disagrees: int | None
    passes: int | None
    seen: int | None

    @property
    def agree_share(self) -> float:
        """The share that agrees, 0 where it is not told."""
        return (self.agrees or 0) / self.seen if self.seen else 0.0

    @property
    def disagree_share(self) -> float:
        """The share that disagrees, 0 where it is not told."""
        return (self.disagrees or 0) / self.seen if self.seen else 0.0

    @property
    def pass_share(self) -> float:
        """The share that passed, 0 where it is not told."""
        return (self.passes or 0) / self.seen if self.seen else 0.0


@dataclass(frozen=True)
class Line:
    """One statement with its votes: of all, and of each group."""

    statement: Statement
    all: Tally
    by_group: list[Tally]
    # Product over the groups of the share that agrees; None without groups.
    agreement: float | None
    # The share of passes among all who saw it.
    passed: float | None
    # The largest difference of two groups' shares that agree; None with fewer than two groups.
    division: float | None


@dataclass(frozen=True)
class Group:
    """One group of opinion: how many, where, and which statements tell it from the others."""

    number: int
    size: int | None
    centre: tuple[float, float]
    agrees_with: list[Line] = field(default_factory=list)
    disagrees_with: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """The map with everything about it that may be shown."""

    participants: int
    placed: int
    votes: int
    groups: list[Group]
    lines: list[Line]
    agreed: list[Line]
    rejected: list[Line]
    # (x, y, group) of participants, moved a little, in no order.
    points: list[tuple[float, float, int]]
    # Shares of the variance that the two axes carry.
    explained: tuple[float, float]
    silhouette: float | None
    # How much the same the groups are without a tenth of the people; None while it is open, or with too few of them.
    stability: float | None
    at: dt.datetime | None
    is_final: bool

    @property
    def dividing(self) -> list[Line]:
        """Statements on which the groups differ most, the widest first."""
        wide = [line for line in self.lines if line.division is not None and line.division > 0]
        return sorted(wide, key=lambda line: -(line.division or 0))[:5]

    @property
    def unclear(self) -> list[Line]:
        """Statements that many passed on, the most first."""
        vague = [line for line in self.lines if line.passed is not None and line.passed >= 0.3]
        return sorted(vague, key=lambda line: -(line.passed or 0))[:5]

    @property
    def shown(self) -> float:
        """The share of all differences that the two axes carry."""
        return sum(self.explained)

    @property
    def coverage(self) -> float:
        """The share of statements that a participant voted on, on average."""
        cells = self.participants * len(self.lines)
        return self.votes / cells if cells else 0.0


def map_of(row: Consultation) -> Picture | None:
    """The map as anybody may see it; None before the first one. Refuses (Denied) while results are hidden.

    Counts of people under five are left out, places are moved a little.
    """
    visibility.check_results(row)
    stored = OpinionMap.objects.filter(consultation=row).first()
    if stored is None or not stored.result:
        return None
    known = {one.number: one for one in statements.published(row).select_related("answer")}
    return _picture(stored, known)


def place_of(row: Consultation, proof: Proof) -> tuple[float, float, int] | None:
    """Where a participant stands on the last axes (x, y, nearest group); None before there are any, or without votes.

    Only while it is open, and refuses (Denied) while results are hidden.
    """
    visibility.check_results(row)
    stored = OpinionMap.objects.filter(consultation=row).values_list("state", flat=True).first()
    if not stored:
        return None
    votes = statements.votes_of(row, proof)
    if not votes:
        return None
    state = live.LiveState.from_json(stored)
    x, y = state.place(votes)
    return x, y, state.group_at((x, y))


def result_of(row: Consultation) -> dict[str, Any] | None:
    """The exact figures, for exports. Refuses (Denied) while results are hidden."""
    visibility.check_results(row)
    found: dict[str, Any] | None = (
        OpinionMap.objects.filter(consultation=row).values_list("result", flat=True).first()
    )
    return found or None


def consensus_numbers(row: Consultation) -> set[int]:
    """Numbers of the statements that all groups share. Refuses (Denied) while results are hidden."""
    result = result_of(row) or {}
    return {int(one["statement"]) for entries in result.get("consensus", {}).values() for one in entries}


def points_of(found: mapping.OpinionMap, *, salt: str) -> list[list[float]]:
    """Places for the picture: moved a little, at most 2,000, none of groups so small that people could be recognised.

    A participant is always moved by the same little bit, so that watching the map tells no more than one look.
    """
    labels = found.grouping.labels
    sizes = np.bincount(labels[labels >= 0], minlength=max(found.grouping.k, 1))
    kept = np.flatnonzero((labels >= 0) & (sizes[np.maximum(labels, 0)] >= logic.LEAST_TO_SHOW))
    if not len(kept):
        return []
    mixed = _mixed(found.votes.participants[kept], salt)
    order = np.argsort(mixed[:, 0], kind="stable")[:MOST_POINTS]
    kept, mixed = kept[order], mixed[order]
    places = found.positions[kept]
    span = float(max(np.ptp(found.positions, axis=0).max(), 1e-9))
    moved = np.round(places + (mixed[:, 1:] - 0.5) * 2 * JITTER * span, 4) + 0.0
    return [[float(x), float(y), int(group)] for (x, y), group in zip(moved, labels[kept], strict=True)]


def _mixed(ids: Any, salt: str) -> np.ndarray[Any, Any]:
    """Three numbers in [0, 1) for each id, that nobody can compute without the salt."""
    return np.array(
        [
            np.frombuffer(hashlib.blake2b(f"{salt}:{one}".encode(), digest_size=24).digest(), np.uint64)
            for one in ids.tolist()
        ]
    ) / float(1 << 64)


def _picture(stored: OpinionMap, known: dict[int, Statement]) -> Picture:
    result = stored.result
    lines = {
        int(entry["statement"]): _line(known[int(entry["statement"])], entry)
        for entry in result["statements"]
        if int(entry["statement"]) in known and entry["listed"]
    }
    shared = {
        answer: [lines[number] for one in entries if (number := int(one["statement"])) in lines]
        for answer, entries in result["consensus"].items()
    }
    scores = [score for score in result["silhouettes"].values() if score is not None]
    return Picture(
        participants=result["participants"],
        placed=result["clusterable"],
        votes=result["votes"]["counted"],
        groups=[_group(entry, result, lines) for entry in result["groups"]],
        lines=[lines[number] for number in sorted(lines)],
        agreed=shared["agree"],
        rejected=shared["disagree"],
        points=[(x, y, int(group)) for x, y, group in stored.points],
        explained=(*result["explained"], 0.0, 0.0)[:2],
        silhouette=max(scores, default=None),
        stability=result.get("stability"),
        at=stored.refreshed_at,
        is_final=stored.is_final,
    )


def _group(entry: dict[str, Any], result: dict[str, Any], lines: dict[int, Line]) -> Group:
    number = entry["group"]
    entries = result["representative"].get(str(number), [])
    told = {
        way: [
            lines[int(one["statement"])]
            for one in entries
            if one["direction"] == way and int(one["statement"]) in lines
        ]
        for way in ("agree", "disagree")
    }
    size = logic.shown(entry["participants"])
    if size is None:  # what so few hold is not told either
        told = {"agree": [], "disagree": []}
    x, y = entry["centre"]
    return Group(number, size, (x, y), told["agree"], told["disagree"])


def _line(statement: Statement, entry: dict[str, Any]) -> Line:
    by_group = [_tally(one) for one in entry["by_group"]]
    shares = [one["agrees"] / one["seen"] for one in entry["by_group"] if one["seen"] >= logic.LEAST_TO_SHOW]
    seen = entry["seen"]
    passes = seen - entry["agrees"] - entry["disagrees"]
    return Line(
        statement=statement,
        all=_tally(entry),
        by_group=by_group,
        agreement=entry["group_aware_consensus"],
        passed=passes / seen if seen >= logic.LEAST_TO_SHOW else None,
        division=max(shares) - min(shares) if len(shares) > 1 else None,
    )


def _tally(entry: dict[str, Any]) -> Tally:
    """Counts of those who saw it, if enough did; how they answered is theirs together, so it is told as it is."""
    if logic.shown(entry["seen"]) is None:
        return Tally(None, None, None, None)
    passes = entry["seen"] - entry["agrees"] - entry["disagrees"]
    return Tally(entry["agrees"], entry["disagrees"], passes, entry["seen"])
