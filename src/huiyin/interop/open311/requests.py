"""Published cases as service requests, and how they went on."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.cases.enums import OPEN_STATES, Action, State
from huiyin.cases.queries import listed
from huiyin.catalogue import queries as catalogue
from huiyin.files import queries as files
from huiyin.interop.open311 import reading
from huiyin.interop.open311.problems import missing
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations

PHOTO_MINUTES = 24 * 60
_OPEN = frozenset(state.value for state in OPEN_STATES)


def found(given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The service requests that fit. Refuses ids none of which is known."""
    wanted = reading.listing(given)
    rows = listed.rows(wanted)
    if wanted.numbers and not rows and not wanted.offset:
        raise missing(_("service_request_id is not known."))
    return _shown(rows, extended=given.get("extensions", "").lower() in {"true", "1"})


def one(number: str, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """A list of one service request; refuses what is not there or not for everybody, without telling which."""
    return found({**given, "service_request_id": number.partition(",")[0] or "-"})


def _shown(rows: Sequence[listed.Record], *, extended: bool) -> list[dict[str, Any]]:
    ids = [row.case_id for row in rows]
    pictures = listed.photos(ids) if ids else {}
    steps = listed.steps(ids) if extended and ids else {}
    services = _names(catalogue.service_labels(), {row.service_id for row in rows})
    units = _names(organisations.unit_names_remembered(), {row.unit_id for row in rows})
    shown = []
    for row in rows:
        request = _request(row, services[row.service_id], units[row.unit_id][1])
        if row.case_id in pictures:
            picture = files.nameless_url_of(pictures[row.case_id], minutes=PHOTO_MINUTES)
            request["media_url"] = settings.HUIYIN_BASE_URL + picture
        shown.append(request | _extension(row, steps) if extended else request)
    return shown


def _names(
    labels: Mapping[int, tuple[str, dict[str, str]]], wanted: set[int | None]
) -> dict[int | None, tuple[str, str]]:
    """Code and name in the reader's language of each of these; empty ones for what is not there."""
    known = {pk: labels.get(pk or 0, ("", {})) for pk in wanted}
    return {pk: (code, catalogue.localised(names)) for pk, (code, names) in known.items()}


def _request(row: listed.Record, service: tuple[str, str], unit: str) -> dict[str, Any]:
    code, name = service
    return {
        "service_request_id": row.number,
        "status": "open" if row.state in _OPEN else "closed",
        "status_notes": row.answer or None,
        "service_name": name or None,
        "service_code": code or None,
        "description": row.text,
        "agency_responsible": unit or None,
        "service_notice": None,
        "requested_datetime": row.requested,
        "updated_datetime": row.updated,
        "expected_datetime": row.promised,
        "address": row.place_text or None,
        "address_id": None,
        "zipcode": None,
        "lat": row.lat,
        "long": row.lon,
        "media_url": None,
    }


def _extension(row: listed.Record, steps: Mapping[int, Sequence[Any]]) -> dict[str, Any]:
    """What clients ask for with extensions=true. Answers to intake questions are nobody's business but the office's."""
    return {
        "attributes": [],
        "extended_attributes": {
            "title": row.title,
            "url": f"{settings.HUIYIN_BASE_URL}/cases/{row.number}/",
            "published_datetime": row.published,
            "supports": row.supports,
            "area_code": row.area_code,
        },
        "notes": [
            {"datetime": moment(step.at), "type": step.action, "summary": str(Action(step.action).label)}
            for step in steps.get(row.case_id, ())
        ],
    }


def moment(at: dt.datetime) -> str:
    """ISO 8601 in UTC, to the second: as `listed.rows` writes it."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def updates(given: Mapping[str, str]) -> list[dict[str, Any]]:
    """How published cases went on, oldest first; without dates those of the last 90 days."""
    units = reading.jurisdiction(given)
    since, until = reading.span(given)
    rows = listed.updates(
        since=since or clock.now() - reading.SPAN,
        until=until or clock.now(),
        units=units,
        numbers=[part for part in given.get("service_request_id", "").split(",") if part],
        most=reading.MOST,
    )
    return [_update(row) for row in rows]


def _update(event: Any) -> dict[str, Any]:
    public = event.case.publication
    answered = event.action == Action.ANSWER and public.answer and event.at <= public.published_at
    return {
        "update_id": str(event.pk),
        "service_request_id": event.case.number,
        "status": "open" if event.to_state in _OPEN else "closed",
        "updated_datetime": moment(event.at),
        "description": public.answer if answered else str(State(event.to_state).label),
        "media_url": None,
    }
