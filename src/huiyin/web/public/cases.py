"""Published cases: list, map, page, support, feed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import feedgenerator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huiyin.cases.operations import limits, publishing
from huiyin.cases.queries import pending, published
from huiyin.catalogue import queries as catalogue
from huiyin.engines.text import query, snippets
from huiyin.files import queries as files
from huiyin.kernel import addresses, public_ids
from huiyin.kernel.errors import Missing
from huiyin.places import queries as places
from huiyin.web.components import access, maps

if TYPE_CHECKING:
    from huiyin.cases.models import Publication

PUBLISHED = access.public(reason="Published cases are for everybody.")
PAGE = 20
SUPPORT_COOKIE = "support"
YEAR = 365 * 24 * 3600
UNWRITABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")


def _wanted(request: HttpRequest) -> published.Wanted:
    given = request.GET
    return published.Wanted(
        text=given.get("q", "")[:200].replace("\x00", ""),
        service=given.get("service", "")[:60],
        area=given.get("area", "")[:20],
        standing=given.get("standing", ""),
        number=given.get("number", "")[:20],
        cursor=given.get("after", ""),
        best_first=given.get("order") == "best",
    )


@PUBLISHED
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Search and filter what was published."""
    wanted = _wanted(request)
    named = (
        published.by_number(wanted.text)
        if public_ids.case_number_holds(public_ids.plain(wanted.text))
        else None
    )
    if named is not None:
        return redirect(published.url_path(named))
    rows, following = published.found(wanted, page_size=PAGE)
    tally = published.tally(wanted)
    highlights = query.search_query(wanted.text).highlights()
    language = getattr(request, "LANGUAGE_CODE", "")
    context = {
        "rows": [(row, *_marked(row, highlights)) for row in rows],
        "next": following,
        "wanted": wanted,
        "tally": tally,
        "services": [
            (branch.service.code, catalogue.service_name(branch.service), tally.services[branch.service.code])
            for branch in catalogue.tree()
        ],
        "areas": [(code, name, tally.areas[code]) for code, name in places.choices(language)],
        "open": tally.standings[published.OPEN],
        "finished": tally.standings[published.FINISHED],
        "map": maps.view(),
        "query": request.GET.urlencode(),
        "filtered": bool(wanted.text or wanted.service or wanted.area or wanted.standing),
    }
    return render(request, "public/cases/list.html", context)


def _marked(
    row: Publication, highlights: Sequence[str]
) -> tuple[Sequence[snippets.Piece], snippets.Snippet | None]:
    """The title, and with a search the part of the text that says why it was found."""
    title = snippets.marked(row.title, highlights)
    return title, snippets.snippet(row.text, highlights) if highlights else None


@PUBLISHED
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """The same as points for the map, as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {"title": row.title, "url": published.url_path(row)},
        }
        for row in published.points(_wanted(request))
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@PUBLISHED
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One published case with the office's answers; never the person's own words, name or letters."""
    row = published.by_number(number)
    if row is None:
        raise Missing(_("This case is not published, or not any more."))
    answers = published.answers(row)
    context: dict[str, Any] = {
        "row": row,
        "service": catalogue.service_name(row.service),
        "answers": answers,
        "extensions": pending.granted(row.case),
        "worded": published.worded(row, answers),
        "photos": [
            (used.file, files.nameless_url(used.file), files.preview_url(used.file))
            for used in published.files(row)
        ],
        "map": maps.view(row.lat, row.lon) if row.lat is not None else None,
        "supported": request.GET.get("supported"),
    }
    return render(request, "public/cases/page.html", context)


@PUBLISHED
@require_POST
def support(request: HttpRequest, number: str) -> HttpResponse:
    """Count "this concerns me too": once per browser, without an account."""
    row = published.by_number(number)
    if row is None:
        raise Missing(_("This case is not published, or not any more."))
    limits.count_support(addresses.of(request))
    mark = request.COOKIES.get(SUPPORT_COOKIE) or public_ids.token()
    publishing.support(row.pk, mark=mark[:100])
    response = redirect(f"{published.url_path(row)}?supported=1")
    response.set_cookie(
        SUPPORT_COOKIE, mark[:100], max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SECURE
    )
    return response


def _for_xml(text: str) -> str:
    """The text without control characters, which XML cannot hold: one of them would take the feed from everybody."""
    return UNWRITABLE.sub(" ", text)


@PUBLISHED
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest published cases that fit, as Atom."""
    rows, _next = published.found(_wanted(request), page_size=50)
    base = settings.HUIYIN_BASE_URL
    atom = feedgenerator.Atom1Feed(
        title=_("Published cases"), link=f"{base}/cases/", description="", feed_url=""
    )
    for row in rows:
        atom.add_item(
            title=_for_xml(row.title),
            link=base + published.url_path(row),
            description=_for_xml(row.text),
            unique_id=f"{base}{published.url_path(row)}",
            pubdate=row.published_at,
            updateddate=row.published_at,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
