"""Cases by their words, for staff: what they may open, newest or best first, with what the filters would leave."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import OperationalError, models
from django.utils import timezone
from psycopg.errors import QueryCanceled

from huiyin.cases import permissions
from huiyin.cases.models import Case
from huiyin.cases.ports import CaseSearch, Hit, Looked
from huiyin.engines.text import query as words
from huiyin.engines.text import snippets
from huiyin.engines.text.query import SearchQuery
from huiyin.kernel import ports
from huiyin.kernel.ports import Health

if TYPE_CHECKING:
    from huiyin.accounts.models import User

PAGE = 20
# The newest cases that fit: they are counted, and the best are chosen of them. Ranking reads the words of each.
MOST_COUNTED = 300
FACETS = ("state", "kind", "unit_id", "service_id")
# A case has more than sixty columns, and its unit and service as many again.
_SHOWN = ("number", "state", "outcome", "text", "received_at", "place_text",
          "unit__names", "service__current__public_names")  # fmt: skip


class Order(models.TextChoices):
    """What stands first; the words for it stand with the screen."""

    NEWEST = "newest"
    BEST = "best"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search as a member of staff puts it. Units and services by id."""

    text: str
    order: Order = Order.NEWEST
    after: str = ""
    units: Sequence[int] = ()
    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    services: Sequence[int] = ()
    area: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Row:
    """A case that was found, with no more of it than a list shows, and the part of its text that says why."""

    case: Case
    shown: snippets.Snippet


@dataclass(frozen=True)
class Found:
    """One page.

    `count` and `facets` (filter → value → cases) look at the newest `MOST_COUNTED` that fit; `is_more` tells that there
    are more. `after` is the cursor of the next page, "" on the last one. `too_slow`: the search was broken off.
    """

    query: SearchQuery
    rows: list[Row] = field(default_factory=list)
    count: int = 0
    is_more: bool = False
    facets: dict[str, Counter[Any]] = field(default_factory=dict)
    after: str = ""
    too_slow: bool = False


def find(user: User, asked: Asked) -> Found:
    """Look in the cases that the user may open. An empty query, or one of fillers alone, finds nothing."""
    query = words.search_query(asked.text)
    looked = _looked(user, asked, query)
    if not query.wanted:
        return Found(query)
    try:
        counted = engine().newest(looked, most=MOST_COUNTED + 1)
        hits, after = _page(looked, asked, counted)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return Found(query, too_slow=True)
    return Found(
        query,
        rows=_shown([hit.pk for hit in hits], query),
        count=min(len(counted), MOST_COUNTED),
        is_more=len(counted) > MOST_COUNTED,
        facets={name: Counter(map(attrgetter(name), counted[:MOST_COUNTED])) for name in FACETS},
        after=after,
    )


def engine() -> CaseSearch:
    """The search engine of this installation."""
    found: CaseSearch = ports.load(settings.HUIYIN_SEARCH)
    return found


def check() -> Health:
    """The health of the search engine."""
    return engine().check()


def _looked(user: User, asked: Asked, query: SearchQuery) -> Looked:
    return Looked(
        words=query,
        visible=permissions.visible(user),
        units=tuple(asked.units),
        states=tuple(asked.states),
        kinds=tuple(asked.kinds),
        services=tuple(asked.services),
        area=asked.area,
        begin=_midnight(asked.since),
        end=_midnight(asked.until + dt.timedelta(days=1) if asked.until else None),
    )


def _page(looked: Looked, asked: Asked, counted: Sequence[Hit]) -> tuple[Sequence[Hit], str]:
    """The hits of one page, and the cursor of the next."""
    if asked.order == Order.BEST:
        start = int(asked.after) if asked.after.isdecimal() and len(asked.after) < 6 else 0
        best = engine().ranked(looked, counted[:MOST_COUNTED])
        return best[start : start + PAGE], str(start + PAGE) if len(best) > start + PAGE else ""
    before = _read(asked.after)
    older = engine().newest(looked, most=PAGE + 1, before=before) if before else counted
    last = older[PAGE - 1] if len(older) > PAGE else None
    return older[:PAGE], f"{last.received_at.isoformat()}~{last.pk}" if last else ""


def _shown(pks: Sequence[int], query: SearchQuery) -> list[Row]:
    """Read what a row shows, in the order of the ids."""
    rows = Case.objects.filter(pk__in=pks).select_related("unit", "service__current").only(*_SHOWN)
    by_id = {row.pk: row for row in rows}
    highlights = query.highlights()
    return [Row(by_id[pk], snippets.snippet(by_id[pk].text, highlights)) for pk in pks if pk in by_id]


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) if day else None


def _read(after: str) -> tuple[dt.datetime, int] | None:
    """The cursor of an address; one that makes no sense means the beginning."""
    moment, _, number = after.partition("~")
    if not number.isdecimal() or len(number) > 18:
        return None
    try:
        found = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, int(number)) if found.tzinfo else None
