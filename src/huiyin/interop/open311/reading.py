"""Reading what programs ask for: dates with their zone, lists with commas, pages, jurisdictions."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from huiyin.accounts.operations import programs
from huiyin.cases.queries import listed
from huiyin.catalogue import queries as catalogue
from huiyin.interop.open311.problems import bad, missing
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations

SPAN = dt.timedelta(days=90)
MOST = 1_000
PAGE_SIZE = 100
LAST_PAGE = 1_000_000
# Beyond them a moment has no name in some zone.
YEARS = range(1970, 2200)
# A plus sign that nobody escaped arrives as a blank: 2026-01-31T08:00:00 08:00.
_BLANK_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
_STATUSES = {"open": True, "closed": False}


def moment(given: Mapping[str, Any], name: str) -> dt.datetime | None:
    """The moment that was asked for; None where none was. Refuses what is no date, or has no zone."""
    text = str(given.get(name) or "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(_BLANK_PLUS.sub("+", text))
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None or found.year not in YEARS:
        words = {"name": name}
        raise bad(_("%(name)s must be a moment with its zone, such as 2026-01-31T08:00:00Z.") % words)
    return found


def span(given: Mapping[str, Any]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The span of `start_date` and `end_date`: at most 90 days; without either, the last 90 days."""
    since, until = moment(given, "start_date"), moment(given, "end_date")
    if since is None and until is None:
        asks_otherwise = given.get("updated_after") or given.get("updated_before")
        return (None, None) if asks_otherwise else (clock.now() - SPAN, None)
    since = since or (until or clock.now()) - SPAN
    until = until or since + SPAN
    if until < since:
        raise bad(_("end_date lies before start_date."))
    if until - since > SPAN:
        raise bad(_("start_date and end_date may lie at most 90 days apart."))
    return since, until


def page(given: Mapping[str, Any]) -> tuple[int, int]:
    """Offset and number of rows. Without paging at most 1,000; a page has at most as many."""
    if "page" not in given and "page_size" not in given:
        return 0, MOST
    size = _whole(given, "page_size", default=PAGE_SIZE, most=MOST)
    return (_whole(given, "page", default=1, most=LAST_PAGE) - 1) * size, size


def _whole(given: Mapping[str, Any], name: str, *, default: int, most: int) -> int:
    text = str(given.get(name, default)).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not 1 <= int(text) <= most:
        words = {"name": name, "most": most}
        raise bad(_("%(name)s must be a whole number from 1 to %(most)s.") % words)
    return int(text)


def listing(given: Mapping[str, Any]) -> listed.Wanted:
    """Everything that a list can be filtered by. Ids override all other filters."""
    units = jurisdiction(given)
    numbers = _parts(given, "service_request_id")
    offset, most = page(given)
    if numbers:
        return listed.Wanted(numbers=numbers, units=units, most=most, offset=offset)
    since, until = span(given)
    return listed.Wanted(
        services=_services(given),
        units=units,
        since=since,
        until=until,
        updated_since=moment(given, "updated_after"),
        updated_until=moment(given, "updated_before"),
        is_open=_status(given),
        offset=offset,
        most=most,
    )


def _services(given: Mapping[str, Any]) -> list[int]:
    wanted = _parts(given, "service_code")
    known = {code: pk for pk, (code, _names) in catalogue.service_labels().items()} if wanted else {}
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise missing(_("service_code %(code)s is not known.") % {"code": unknown[0][:60]})
    return [known[code] for code in wanted]


def _status(given: Mapping[str, Any]) -> bool | None:
    wanted = set(_parts(given, "status"))
    if not wanted <= set(_STATUSES):
        raise bad(_("status must be open, closed, or both with a comma."))
    return _STATUSES[next(iter(wanted))] if len(wanted) == 1 else None


def _parts(given: Mapping[str, Any], name: str) -> list[str]:
    parts = [part.strip().replace("\x00", "") for part in str(given.get(name, "")).split(",")]
    found = list(dict.fromkeys(part for part in parts if part))
    if len(found) > MOST:
        raise bad(_("%(name)s has more than %(most)s parts.") % {"name": name, "most": MOST})
    return found


def own_jurisdiction() -> str:
    """The name of the whole installation: its host."""
    return str(settings.HUIYIN_BASE_URL).partition("://")[2].partition("/")[0].partition(":")[0]


def jurisdiction(given: Mapping[str, Any]) -> frozenset[int] | None:
    """The units of the jurisdiction that was named, None for all. Refuses an unknown one, and none of several."""
    name = str(given.get("jurisdiction_id", "")).strip()
    several = organisations.units_by_jurisdiction()
    if name in several:
        return several[name]
    if name == own_jurisdiction() or (not name and not several):
        return None
    if not name:
        raise bad(_("jurisdiction_id was not provided."))
    raise missing(_("jurisdiction_id is not known here."))


def key(given: Mapping[str, Any]) -> str:
    """The key that was sent; refuses a request without one."""
    found = str(given.get("api_key", "")).strip()
    if not found:
        raise programs.WrongKey(_("api_key was not provided."))
    return found
