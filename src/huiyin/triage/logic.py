"""What triage decides: which rule holds, how sure a proposal is, what became of it, when something stops."""

import datetime as dt
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huiyin.engines.text.phrases import Said
from huiyin.triage.enums import Taken

# Before anything was decided a rule counts as right in nine of ten cases, words of a service in half of their claim.
RULE_PRIOR = (9.0, 1.0)
WORDS_PRIOR_COUNT = 10.0
BINS = 5
LEAST_REVIEWED = 5
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """When a rule holds: everything that is given must fit. Words: any one of them."""

    words: tuple[str, ...] = ()
    service_ids: frozenset[int] = frozenset()
    unit_id: int | None = None
    area_code: str = ""
    kind: str = ""
    weekdays: frozenset[int] = frozenset()
    hour_from: int | None = None
    hour_until: int | None = None

    @property
    def are_empty(self) -> bool:
        """Whether they would fit every case."""
        return self == Conditions()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a rule looks at: the text as read once, and how the case stands. `at` is local time."""

    said: Said
    at: dt.datetime
    service_id: int | None = None
    unit_id: int | None = None
    area_code: str = ""
    kind: str = ""


def fits(conditions: Conditions, facts: Facts) -> bool:
    """Whether everything but the words fits."""
    return (
        (not conditions.service_ids or facts.service_id in conditions.service_ids)
        and (conditions.unit_id is None or facts.unit_id == conditions.unit_id)
        and facts.area_code.startswith(conditions.area_code)
        and (not conditions.kind or facts.kind == conditions.kind)
        and (not conditions.weekdays or facts.at.weekday() in conditions.weekdays)
        and _within(facts.at.hour, conditions.hour_from, conditions.hour_until)
    )


def words_said(conditions: Conditions, said: Said) -> tuple[str, ...]:
    """The words of the rule that stand in the text."""
    return tuple(word for word in conditions.words if said.says(word))


def holds(conditions: Conditions, facts: Facts) -> tuple[str, ...] | None:
    """The words that made the rule hold (none if it asks for none), or None where it does not hold.

    A rule without conditions never holds: it would hold for everything.
    """
    if conditions.are_empty or not fits(conditions, facts):
        return None
    said = words_said(conditions, facts.said)
    return said if said or not conditions.words else None


def _within(hour: int, first: int | None, until: int | None) -> bool:
    """Hours from `first` up to and without `until`; 22 to 6 goes over midnight."""
    if first is None and until is None:
        return True
    first, until = first or 0, 24 if until is None else until
    return first <= hour < until if first < until else hour >= first or hour < until


def rule_probability(right: int, decided: int) -> float:
    """How sure a rule is: the share of its proposals that officers kept, with ten imagined ones before the first."""
    good, bad = RULE_PRIOR
    return (right + good) / (decided + good + bad)


def bin_of(strength: float) -> int:
    """The fifth that a strength between 0 and 1 falls into."""
    return min(int(max(strength, 0.0) * BINS), BINS - 1)


def words_probability(strength: float, seen: Mapping[int, tuple[int, int]]) -> float:
    """How sure words are: half of what they claim, drawn towards what officers did with such claims.

    `seen`: by `bin_of`, how many proposals were kept, and how many there were.
    """
    kept, decided = seen.get(bin_of(strength), (0, 0))
    return (kept + WORDS_PRIOR_COUNT * strength / 2) / (decided + WORDS_PRIOR_COUNT)


def became(proposed: str, *, before: str, final: str, acted: bool, is_over: bool) -> Taken | None:
    """What became of a proposal; None while nobody has decided."""
    if acted:
        return Taken.TAKEN if final == proposed else Taken.CHANGED
    if not is_over:
        return None
    if final != proposed:
        return Taken.IGNORED
    return Taken.AGREED if before == proposed else Taken.TAKEN


def sampled(case_id: int, percent: int) -> bool:
    """Whether an automatic decision is to be reviewed: by a hash, so that nobody can choose which."""
    digest = hashlib.sha256(f"review {case_id}".encode()).digest()
    return int.from_bytes(digest[:4]) % 100 < percent


def must_stop(*, reviewed: int, disagreed: int, most_percent: int) -> bool:
    """Whether something automatic stops: reviewers disagreed with more than the set share of at least five."""
    return reviewed >= LEAST_REVIEWED and disagreed * 100 > most_percent * reviewed


def is_not_worse(new: float, old: float | None) -> bool:
    """Whether a model may replace the one in use, by the share it got right in the newest weeks."""
    return old is None or new >= old


def held_out(ages: Sequence[dt.datetime], *, share: float = 0.15, least: int = 20) -> int:
    """How many of the newest cases are held out to judge a new model by: a share, at most a third."""
    count = max(math.ceil(len(ages) * share), least)
    return min(count, len(ages) // 3)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of two points (latitude, longitude) that lie close together."""
    north = (one[0] - other[0]) * METRES_PER_DEGREE
    east = (one[1] - other[1]) * METRES_PER_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def with_place_and_time(probability: float, *, distance: float | None, days: float) -> float:
    """The probability of one matter in the light of how far apart two cases are, in metres and in days.

    Odds are doubled within 100 m and divided by eight beyond a kilometre; they halve with every month between.
    """
    odds = probability / max(1 - probability, 1e-6)
    if distance is not None:
        odds *= 2.0 if distance <= 100 else 1.0 if distance <= 400 else 0.5 if distance <= 1_000 else 0.125
    odds *= math.pow(0.5, max(days, 0.0) / 30)
    return odds / (1 + odds)


def agreement(rows: Iterable[Taken]) -> float | None:
    """The share of proposals that were right; None where nothing was decided."""
    found = list(rows)
    right = sum(row in {Taken.TAKEN, Taken.AGREED} for row in found)
    return right / len(found) if found else None
