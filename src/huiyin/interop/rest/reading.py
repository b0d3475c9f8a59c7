"""Cases, their timelines and their letters, for programs that may read them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from huiyin.cases.enums import State
from huiyin.cases.queries import opening, records, timeline, worklist
from huiyin.cases.queries.worklist import Tab
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.interop.rest import answers, documented, keys, shapes, shaping
from huiyin.kernel.errors import TooMany

router = Router(auth=keys.READ, tags=["cases"])
MOST = 100
Day = Annotated[dt.date, Field(ge=dt.date(1900, 1, 1), le=dt.date(2200, 1, 1))]


class TooSlow(TooMany):
    """The search would have kept everybody else waiting."""

    code = "too_slow"


class Parts(shapes.Given):
    """Which fields of a case are wanted."""

    fields: shapes.Line = Field("", description="Names of fields with commas; all if left out.")


class Filter(shapes.Given):
    """What a list of cases is narrowed to. Several values of one filter mean any of them."""

    tab: Tab = Field(
        Tab.ALL,
        alias="list",
        description="One of the worklist's lists. `all` is newest first, the others go by deadline.",
    )
    state: list[State] = Field([], max_length=20)
    kind: list[Kind] = Field([], max_length=20)
    urgency: list[Urgency] = Field([], max_length=20)
    channel: list[shapes.Code] = Field([], max_length=20)
    service: list[shapes.Code] = Field([], max_length=50, description="With everything below it in the tree.")
    area: shapes.Code = Field("", description="Code of a division, or its beginning.")
    since: Day | None = Field(None, description="Received on this day or later.")
    until: Day | None = Field(None, description="Received on this day or before.")
    changed_since: shapes.Moment | None = Field(
        None, description="Changed at this moment or later: `changed_at`, which every step moves on."
    )
    changed_before: shapes.Moment | None = Field(None, description="Not changed at this moment or later.")
    q: shapes.Line = Field("", description="Words of the case, or its number.")
    after: shapes.Line = Field("", description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST)
    fields: shapes.Line = Field(
        "", description="Names of fields with commas; all but the long ones if left out."
    )


@router.get("/cases", response=documented.reads(shapes.Cases))
def list_cases(request: HttpRequest, given: Query[Filter]) -> HttpResponse:
    """A page of the cases that the program's role may open, by list and filters.

    Follow `next` for more; a page costs the same wherever it begins.
    """
    names = answers.wanted(given.fields)
    page = worklist.ids(
        keys.caller(request).user,
        given.tab,
        filters=_filters(given),
        after=given.after,
        size=given.limit,
    )
    if page.too_slow:
        raise TooSlow(_("This search takes too long. Narrow it with filters or other words."))
    also = {"text": "text", "answers": "intake"}
    rows = records.of(page.ids, also=[column for name, column in also.items() if name in names])
    items = [answers.only(shaping.case(row), names) for row in rows]
    return answers.found(request, {"items": items, "next": page.after or None})


@router.get("/cases/{number}", response=documented.reads(shapes.Case, missing=True))
def get_case(request: HttpRequest, number: shapes.Code, given: Query[Parts]) -> HttpResponse:
    """One case with what the person said, the answers to the service's questions and the first files.

    Its ETag begins with the revision: send it in If-Match with a write to be refused (412) when the case has changed.
    """
    names = answers.wanted(given.fields)
    record = whole(number, user=keys.caller(request).user)
    return answers.found(request, answers.only(record, names), revision=record["revision"])


@router.get("/cases/{number}/timeline", response=documented.reads(shapes.Timeline, missing=True))
def get_timeline(request: HttpRequest, number: shapes.Code) -> HttpResponse:
    """Everything that happened, as colleagues see it: notes too, but nobody's name."""
    case = opening.for_staff(number, user=keys.caller(request).user)
    story = timeline.for_staff(case)
    items = [shaping.event(row, story) for row in story.events]
    return answers.found(request, {"items": items}, revision=case.revision)


@router.get("/cases/{number}/replies", response=documented.reads(shapes.Replies, missing=True))
def get_replies(request: HttpRequest, number: shapes.Code) -> HttpResponse:
    """The letters of the office to the person, each with the person's verdict on it."""
    case = opening.for_staff(number, user=keys.caller(request).user)
    files = records.reply_files(case)
    items = [shaping.reply(row, files.get(row.pk, ())) for row in records.replies(case)]
    return answers.found(request, {"items": items}, revision=case.revision)


def whole(number: str, *, user: Any) -> dict[str, Any]:
    """The whole record of a case that the user may open; Missing otherwise."""
    case = opening.for_staff(number, user=user)
    record = shaping.case(records.of([case.pk], also=records.LONG)[0])
    record["files"] = [shaping.file(used) for used in records.first_files(case)]
    return record


def _filters(given: Filter) -> worklist.Filters:
    channels = shaping.remembered(
        "rest-channels", lambda: dict(catalogue.channels().values_list("code", "pk"))
    )
    return worklist.Filters(
        states=tuple(given.state),
        kinds=tuple(given.kind),
        urgencies=tuple(given.urgency),
        # A code that nobody has finds nothing, instead of everything.
        channels=tuple(channels.get(code, 0) for code in given.channel),
        services=tuple(_services(given.service)),
        area=given.area,
        since=given.since,
        until=given.until,
        changed_since=given.changed_since,
        changed_before=given.changed_before,
        text=given.q,
    )


def _services(codes: list[str]) -> list[int]:
    if not codes:
        return []
    rows: list[tuple[int, str, int | None]] = shaping.remembered(
        "rest-services", lambda: list(catalogue.all_services().values_list("pk", "code", "parent_id"))
    )
    chosen = {pk for pk, code, _above in rows if code in codes}
    return sorted(chosen | {pk for pk, _code, above in rows if above in chosen}) or [0]
