"""Is it known already? By text, place and time, among any number of cases; a person's own repeats are told apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huiyin.cases.queries import published, similar
from huiyin.engines.text import overlap
from huiyin.triage import logic
from huiyin.triage.queries.matters import Alike, Matter
from huiyin.triage.queries.rarity import rarity

if TYPE_CHECKING:
    from huiyin.cases.models import Publication
    from huiyin.kernel import beside
    from huiyin.people.models import Contact

DAYS_BACK = 180
MOST_SHOWN = 5
LEAST_PROBABLE = 0.5
LEAST_OWN = 0.15
Candidate = similar.Candidate


@dataclass(frozen=True)
class Found:
    """A stored case, and how probable it is that it speaks of the same matter by its text alone."""

    case_id: int
    by_text: float
    service_id: int | None
    received_at: dt.datetime
    point: tuple[float, float] | None


def near(matter: Matter, *, services: Sequence[int] = ()) -> list[Found]:
    """The stored cases most like a matter, best first: at most some dozens are looked at, whatever is stored."""
    tokens, wanted = _wanted(matter)
    return _scored(tokens, similar.candidates(replace(wanted, services=services)))


def _wanted(matter: Matter) -> tuple[frozenset[str], similar.Wanted]:
    tokens, known = overlap.tokens(matter.whole), rarity()
    rare, pairs_only = known.to_find(tokens)
    wanted = similar.Wanted(
        rare=rare, words=known.to_rank(tokens), pairs_only=pairs_only,
        since=matter.at - dt.timedelta(days=DAYS_BACK), point=matter.point, except_for=matter.case_id,
    )  # fmt: skip
    return tokens, wanted


class Search:
    """What `near` does, in steps beside which the caller computes: by words at once, by service once it is known."""

    def __init__(self, matter: Matter, ask: beside.Ask) -> None:
        self._tokens, self._wanted = _wanted(matter)
        self._ask = ask
        self._asked = [ask(similar.reading(self._wanted))]

    def add(self, services: Sequence[int]) -> None:
        """Look among the newest cases of these services too."""
        wanted = replace(self._wanted, rare=(), services=services)
        self._asked.append(self._ask(similar.reading(wanted)))

    def found(self) -> list[Found]:
        """What all found, best first; waits for it."""
        rows = {row.pk: row for asked in self._asked for row in asked.result()}
        return _scored(self._tokens, list(rows.values()))


def of_contact(matter: Matter, contact: Contact | None) -> list[Found]:
    """Other cases of the same contact, most alike first."""
    since = matter.at - dt.timedelta(days=DAYS_BACK)
    rows = similar.of_same_contact(contact, since=since, except_for=matter.case_id)
    return _scored(overlap.tokens(matter.whole), rows)


def of_caller(matter: Matter, *, phone: str, email: str) -> list[Found]:
    """Other cases of whoever has this number or address, most alike first."""
    since = matter.at - dt.timedelta(days=DAYS_BACK)
    return _scored(overlap.tokens(matter.whole), similar.of_caller(phone=phone, email=email, since=since))


def _scored(tokens: frozenset[str], rows: Sequence[Candidate]) -> list[Found]:
    scores = overlap.cosines(tokens, (row.tokens for row in rows), rarity().weights)
    found = [
        Found(row.pk, overlap.same_matter(score), row.service_id, row.received_at, row.point)
        for row, score in zip(rows, scores, strict=True)
    ]
    return sorted(found, key=lambda row: -row.by_text)


def alike(matter: Matter, rows: Sequence[Found], *, repeats: Sequence[Found] = ()) -> tuple[Alike, ...]:
    """Those that are probably the same matter; of the person's own cases also the less similar ones."""
    own = {row.case_id for row in repeats}
    found = [Alike(row.case_id, _probability(matter, row), is_own=True) for row in repeats]
    found += [Alike(row.case_id, _probability(matter, row)) for row in rows if row.case_id not in own]
    kept = [row for row in found if row.probability >= (LEAST_OWN if row.is_own else LEAST_PROBABLE)]
    return tuple(sorted(kept, key=lambda row: -row.probability)[:MOST_SHOWN])


def _probability(matter: Matter, row: Found) -> float:
    apart = logic.metres(matter.point, row.point) if matter.point and row.point else None
    days = abs((matter.at - row.received_at).total_seconds()) / 86_400
    return logic.with_place_and_time(row.by_text, distance=apart, days=days)


def published_alike(matter: Matter, *, most: int = 3) -> list[Publication]:
    """Published cases that may be the same matter, for the public form: by words, then by place and time."""
    rows = published.alike(matter.whole, most=most * 4)
    # Publications say nothing of the person; their point is rounded to about 100 m.
    scored = [(row, _publication_odds(matter, row, place)) for place, row in enumerate(rows)]
    return [row for row, odds in sorted(scored, key=lambda pair: -pair[1]) if odds > 0][:most]


def _publication_odds(matter: Matter, row: Publication, rank: int) -> float:
    point = (row.lat, row.lon) if row.lat is not None and row.lon is not None else None
    apart = logic.metres(matter.point, point) if matter.point and point else None
    if apart is not None and apart > 2_000:
        return 0.0
    days = abs((matter.at - row.published_at).total_seconds()) / 86_400
    return logic.with_place_and_time(1 / (2 + rank / 4), distance=apart, days=days)
