"""Published cases: the only cases that the public can find."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q

from huiyin.cases.enums import OPEN_STATES, ReplyKind, State
from huiyin.cases.models import CaseFile, Publication, Reply
from huiyin.engines.text import pipeline, query
from huiyin.kernel import public_ids

if TYPE_CHECKING:
    from django.db.models import QuerySet

NEWEST = 2_000
MOST_RANKED = 300
MOST_COUNTED = 500
FEWEST_SHARED = 2


def alike(text: str, *, most: int) -> list[Publication]:
    """Published cases that share rare enough words with `text`, best first.

    Only the newest ones that share any word are ranked: a bounded set, whatever the size of the archive.
    """
    tokens = [token for token in dict.fromkeys(pipeline.tokens(text[:500])) if len(token) > 1][:40]
    if len(tokens) < FEWEST_SHARED:
        return []
    wanted = " | ".join("'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in tokens)
    sql = """
        SELECT id FROM (
            SELECT id, words FROM cases_publication WHERE words @@ %s::tsquery
            ORDER BY published_at DESC, id DESC LIMIT %s
        ) newest
        WHERE (SELECT count(*) FROM unnest(tsvector_to_array(words)) w WHERE w = ANY(%s)) >= %s
        ORDER BY (SELECT count(*) FROM unnest(tsvector_to_array(words)) w WHERE w = ANY(%s)) DESC, id DESC LIMIT %s
    """
    enough = max(FEWEST_SHARED, len(tokens) // 4)
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted, NEWEST, tokens, enough, tokens, most])
        ids = [row[0] for row in cursor.fetchall()]
    rows = {
        row.pk: row
        for row in Publication.objects.filter(pk__in=ids).select_related("case", "service__current")
    }
    return [rows[pk] for pk in ids]


def url_path(row: Publication) -> str:
    """Path of the public page; the number of the case is known to the public then."""
    return f"/cases/{row.case.number}/"


def by_number(number: str) -> Publication | None:
    """The publication of the case with this number, or None."""
    return (
        Publication.objects.select_related("case__unit", "service__current", "area")
        .filter(case__number=public_ids.plain(number))
        .first()
    )


def newest(*, most: int) -> list[Publication]:
    """The newest published cases."""
    rows = Publication.objects.select_related("case", "service__current", "area")
    return list(rows.order_by("-published_at", "-id")[:most])


@dataclass(frozen=True)
class Wanted:
    """What a visitor of the public list filters by; empty values mean everything."""

    text: str = ""
    service: str = ""
    area: str = ""
    standing: str = ""
    number: str = ""
    cursor: str = ""
    best_first: bool = False


OPEN, FINISHED = "open", "finished"
_SHOWN = ("case__unit", "service__current", "area")
# A merged case is still worked on, though under another number.
_UNFINISHED_STATES = (*OPEN_STATES, State.MERGED)
_UNFINISHED = Q(case__state__in=_UNFINISHED_STATES)
_STANDINGS = {OPEN: _UNFINISHED, FINISHED: ~_UNFINISHED}


def found(wanted: Wanted, *, page_size: int) -> tuple[list[Publication], str]:
    """One page of published cases, newest first, and the cursor of the next page ("" at the end).

    With words and `best_first`: the best fitting of the newest `MOST_RANKED`.
    """
    if wanted.best_first and wanted.text.strip():
        return _best(wanted, page_size)
    rows = matching(wanted).order_by("-published_at", "-id")
    after = _position(wanted.cursor)
    if after is not None:
        at, pk = after
        rows = rows.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk))
    page = list(rows.select_related(*_SHOWN)[: page_size + 1])
    more = page[page_size - 1] if len(page) > page_size else None
    return page[:page_size], f"{more.published_at.timestamp():.6f}_{more.pk}" if more else ""


def _best(wanted: Wanted, page_size: int) -> tuple[list[Publication], str]:
    start = int(wanted.cursor) if wanted.cursor.isdecimal() and len(wanted.cursor) < 6 else 0
    newest_first = matching(wanted).order_by("-published_at", "-id").values_list("pk", flat=True)
    pks = list(newest_first[:MOST_RANKED])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM cases_publication WHERE id = ANY(%s)"
            " ORDER BY ts_rank(words, %s::tsquery, 1) DESC, published_at DESC, id DESC",
            [pks, query.search_query(wanted.text).tsquery()],
        )
        ranked = [row[0] for row in cursor.fetchall()]
    shown = ranked[start : start + page_size]
    rows = Publication.objects.select_related(*_SHOWN).in_bulk(shown)
    following = str(start + page_size) if len(ranked) > start + page_size else ""
    return [rows[pk] for pk in shown if pk in rows], following


@dataclass(frozen=True)
class Tally:
    """How many of the newest `MOST_COUNTED` that fit there are in all, by service group, area and standing."""

    count: int
    is_more: bool
    services: Counter[str]
    areas: Counter[str]
    standings: Counter[str]


def tally(wanted: Wanted) -> Tally:
    """Count what fits, for the filters beside the list."""
    rows = list(
        matching(wanted)
        .order_by("-published_at", "-id")
        .values_list("service__code", "service__parent__code", "area__code", "case__state")[
            : MOST_COUNTED + 1
        ]
    )
    counted = rows[:MOST_COUNTED]
    return Tally(
        count=len(counted),
        is_more=len(rows) > MOST_COUNTED,
        services=Counter(parent or own for own, parent, _area, _state in counted),
        areas=Counter(area for _own, _parent, area, _state in counted),
        standings=Counter(
            OPEN if state in _UNFINISHED_STATES else FINISHED for _own, _parent, _area, state in counted
        ),
    )


def matching(wanted: Wanted) -> QuerySet[Publication]:
    """The published cases that fit."""
    rows = Publication.objects.all()
    tsquery = query.search_query(wanted.text).tsquery() if wanted.text.strip() else ""
    if tsquery:
        rows = rows.filter(words=SearchQuery(tsquery, search_type="raw", config="simple"))
    elif wanted.text.strip():
        rows = rows.none()
    if wanted.number:
        rows = rows.filter(case__number=wanted.number)
    if wanted.service:
        rows = rows.filter(Q(service__code=wanted.service) | Q(service__parent__code=wanted.service))
    if wanted.area:
        rows = rows.filter(area__code__startswith=wanted.area)
    return rows.filter(_STANDINGS[wanted.standing]) if wanted.standing in _STANDINGS else rows


def _position(cursor: str) -> tuple[dt.datetime, int] | None:
    try:
        at, pk = cursor.split("_")
        return dt.datetime.fromtimestamp(float(at), tz=dt.UTC), int(pk)
    except (ValueError, OverflowError):
        return None


def points(wanted: Wanted, *, most: int = 2_000) -> list[Publication]:
    """The newest matching cases that have a point to show."""
    rows = matching(wanted).filter(lat__isnull=False).select_related("case")
    return list(rows.order_by("-published_at", "-id")[:most])


def answers(row: Publication) -> list[Reply]:
    """What the office answered; letters to the person that were never meant for the public stay out."""
    return list(
        Reply.objects.filter(case_id=row.case_id, kind=ReplyKind.ANSWER)
        .select_related("unit", "verdict")
        .order_by("sent_at")
    )


def worded(row: Publication, replies: list[Reply]) -> Reply | None:
    """Of these answers the one that the public text was written for: the last before it was published."""
    earlier = [reply for reply in replies if reply.sent_at <= row.published_at]
    return earlier[-1] if earlier and row.answer else None


def files(row: Publication) -> list[CaseFile]:
    """Files that were chosen for the public."""
    return list(CaseFile.objects.filter(case_id=row.case_id, is_public=True).select_related("file"))
