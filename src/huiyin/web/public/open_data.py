"""Open data: the daily files of published cases, for everybody to take away."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.kernel.errors import Missing
from huiyin.usecases import opendata
from huiyin.web.components import access

TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    "": "text/plain; charset=utf-8",
}
YEAR = 365 * 24 * 3600
EVERYBODY = access.public(reason="Published cases are for everybody, as files too.")


@EVERYBODY
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What there is to take away, by day."""
    editions = opendata.editions()
    context = {
        "newest": editions[0] if editions else None,
        "editions": editions,
        "licence": settings.HUIYIN_OPEN_DATA_LICENCE,
        "days": opendata.DAYS_KEPT,
    }
    return render(request, "public/open_data.html", context)


@EVERYBODY
@require_safe
def file(request: HttpRequest, day: str, name: str) -> HttpResponseBase:
    """One file of a day; it never changes, so that whoever has it need not ask again."""
    found = opendata.path(_day(day), name)
    tag = f'"{found.stat().st_mtime_ns:x}-{found.stat().st_size:x}"'
    headers: dict[str, Any] = {"ETag": tag, "Cache-Control": f"public, max-age={YEAR}, immutable"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return FileResponse(
        found.open("rb"),
        content_type=TYPES[found.suffix],
        as_attachment=found.suffix in {".csv", ".parquet"},
        filename=f"{day}-{name}",
        headers=headers,
    )


@EVERYBODY
@require_safe
def latest(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 -- every view gets the request
    """The way to a file of the newest day."""
    editions = opendata.editions()
    if not editions or name not in opendata.NAMES:
        raise Missing(_("There is no such file. The list of all files is under Open data."))
    return redirect("public:open_data_file", editions[0].day.isoformat(), name)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Missing(_("There is no such file. The list of all files is under Open data.")) from error
