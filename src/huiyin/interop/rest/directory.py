"""What everybody may know: services, units, figures and published cases. No key is needed, as on the screens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from huiyin.cases.queries import published
from huiyin.catalogue import queries as catalogue
from huiyin.interop.rest import answers, documented, keys, shapes, shaping
from huiyin.kernel.errors import Missing
from huiyin.organisations import queries as organisations
from huiyin.questionnaires import queries as questionnaires
from huiyin.scorecards import queries as scorecards
from huiyin.scorecards.enums import Period

router = Router(auth=keys.OPEN, tags=["for everybody"])
PAGE = 100


class Window(shapes.Given):
    """Which figures."""

    period: Period = Field(Period.QUARTER, description="Days, up to today.")


class PublishedFilter(shapes.Given):
    """What the list of published cases is narrowed to."""

    q: shapes.Line = Field("", description="Words of the case.")
    service: shapes.Code = ""
    area: shapes.Code = ""
    standing: str = Field("", pattern="^(open|finished|)$")
    after: shapes.Line = Field("", description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=PAGE)


@router.get("/services", response=documented.open_reads(shapes.Services))
def list_services(request: HttpRequest) -> HttpResponse:
    """All services on offer with their questions; `parent` makes a tree of them."""
    rows = list(catalogue.services().select_related("current__form"))
    leaves = {row.pk for row in catalogue.leaves(rows)}
    return answers.found(request, {"items": [_service(row, is_group=row.pk not in leaves) for row in rows]})


@router.get("/services/{code}", response=documented.open_reads(shapes.Service, missing=True))
def get_service(request: HttpRequest, code: shapes.Code) -> HttpResponse:
    """One service on offer."""
    row = catalogue.services().select_related("current__form").filter(code=code).first()
    if row is None:
        raise Missing(_("This service is not offered. Choose another one."))
    return answers.found(request, _service(row, is_group=catalogue.services().filter(parent=row).exists()))


@router.get("/units", response=documented.open_reads(shapes.Units))
def list_units(request: HttpRequest) -> HttpResponse:
    """All units; `parent` makes a tree of them."""
    items = [
        {
            "code": row.code,
            "parent": row.parent.code if row.parent is not None else None,
            "names": row.names,
            "is_active": row.is_active,
        }
        for row in organisations.units()
    ]
    return answers.found(request, {"items": items})


@router.get("/figures", response=documented.open_reads(shapes.Figures, missing=True))
def get_figures(request: HttpRequest, given: Query[Window]) -> HttpResponse:
    """The public figures of a period in days, with the people's own verdicts: in all, by unit and by service."""
    found = scorecards.figures(given.period)
    if found is None:
        raise Missing(_("Nothing was counted yet. The first count is done within ten minutes."))

    def parts(lines: list[scorecards.Line]) -> list[dict[str, Any]]:
        return [
            {"code": line.code, "counts": shaping.counts(line.counts, fewest=found.fewest)} for line in lines
        ]

    data = {
        "period_days": int(given.period.value),
        "computed_at": found.computed_at,
        "total": shaping.counts(found.total, fewest=found.fewest),
        "before": shaping.counts(found.before, fewest=found.fewest),
        "units": parts(found.units),
        "services": parts(found.services),
    }
    return answers.found(request, data)


@router.get("/published", response=documented.open_reads(shapes.PublishedCases))
def list_published(request: HttpRequest, given: Query[PublishedFilter]) -> HttpResponse:
    """Published cases, newest first: the checked texts that everybody may read."""
    wanted = published.Wanted(
        text=given.q, service=given.service, area=given.area, standing=given.standing, cursor=given.after
    )
    rows, following = published.found(wanted, page_size=given.limit)
    return answers.found(
        request, {"items": [shaping.publication(row) for row in rows], "next": following or None}
    )


@router.get("/published/{number}", response=documented.open_reads(shapes.Published, missing=True))
def get_published(request: HttpRequest, number: shapes.Code) -> HttpResponse:
    """One published case."""
    row = published.by_number(number)
    if row is None:
        raise Missing(_("This case is not published, or not any more."))
    return answers.found(request, shaping.publication(row))


def _service(row: Any, *, is_group: bool) -> dict[str, Any]:
    version = row.current
    return {
        "code": row.code,
        "parent": row.parent.code if row.parent is not None else None,
        "names": version.public_names,
        "descriptions": version.descriptions,
        "kind": version.kind,
        "urgency": version.urgency,
        "unit": version.unit.code if version.unit is not None else None,
        "is_group": is_group,
        "contact_required": version.contact_required,
        "place_required": version.place_required,
        "anonymous_allowed": version.anonymous_allowed,
        "emergency": bool(version.emergency_notice),
        "questions": [
            {
                "code": question.code,
                "type": question.type.value,
                "labels": dict(question.labels),
                "required": question.required,
                "values": list(question.values()),
            }
            for question in questionnaires.questions_of(version.form)
        ],
    }
