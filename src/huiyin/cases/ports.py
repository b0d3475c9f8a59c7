"""The seam of search: what looks cases up by their words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from django.db.models import Q

from huiyin.engines.text.query import SearchQuery
from huiyin.kernel.ports import Health


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What is looked for, and where: empty tuples and None narrow nothing.

    `visible` is the condition of `permissions.visible`: which cases the searcher may open.
    """

    words: SearchQuery
    visible: Q
    units: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    services: tuple[int, ...] = ()
    area: str = ""
    begin: dt.datetime | None = None
    end: dt.datetime | None = None


class Hit(NamedTuple):
    """A case that fits, with what the filters beside a list are counted by."""

    pk: int
    received_at: dt.datetime
    state: str
    kind: str
    unit_id: int | None
    service_id: int | None


class CaseSearch(Protocol):
    """Finds cases by words. Every implementation passes tests/contracts/test_case_search.py.

    Whatever it does, it never returns a case outside `Looked.visible`, nor one whose words were erased.
    """

    def newest(
        self, looked: Looked, *, most: int, before: tuple[dt.datetime, int] | None = None
    ) -> list[Hit]:
        """Up to `most` cases that fit, newest first, only those older than `before` (moment received, id)."""

    def ranked(self, looked: Looked, hits: Sequence[Hit]) -> list[Hit]:
        """Those hits, the best fitting first; of equally good ones the newest."""

    def check(self) -> Health:
        """Whether it can work now, for the health page. Never raises."""
