"""Answers: JSON with an ETag, parts of it, and writes that may be sent twice and happen once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import pydantic_core
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from huiyin.accounts.operations import repeats
from huiyin.interop.rest import keys, problems, shaping
from huiyin.kernel.errors import Conflict, Invalid

CONTENT_TYPE = "application/json"
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
Made = tuple[int, Mapping[str, Any], Mapping[str, str]]


def found(request: HttpRequest, data: Any, *, revision: int | None = None) -> HttpResponse:
    """200 with the data, or 304 where the client has them already.

    The tag begins with the revision of the case, where it is one: `If-Match` of a write compares that.
    """
    body = pydantic_core.to_json(data)
    digest = hashlib.sha256(body).hexdigest()[:20]
    tag = f"{revision}-{digest}" if revision is not None else digest
    if tag in _tags(request.headers.get("If-None-Match", "")):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type=CONTENT_TYPE)
    answer["ETag"] = f'"{tag}"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


def revision(request: HttpRequest) -> int | None:
    """The revision that the client has read, by `If-Match`; None where it sends none or takes any."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        return None
    numbers = [tag.partition("-")[0] for tag in _tags(given)]
    if not numbers or not numbers[0].isdecimal() or len(numbers[0]) > 9:
        raise problems.Stale(_("Send in If-Match the ETag of the case as you read it last."))
    return int(numbers[0])


def matched(wanted: int | None, act: Callable[[], Any], *, current: Callable[[], int]) -> Any:
    """What `act` gives; a conflict becomes 412 where it is because of the revision that the client named."""
    try:
        return act()
    except Conflict as refused:
        if wanted is not None and current() != wanted:
            raise problems.Stale(refused.message) from refused
        raise


def once(request: HttpRequest, *, sent: str, act: Callable[[], Made]) -> HttpResponse:
    """What `act` answers, in one transaction; a second request with the same `Idempotency-Key` gets the same answer.

    `sent` stands for the body: another one under the same key is refused.
    """
    mark = request.headers.get("Idempotency-Key", "")
    fingerprint = hashlib.sha256(f"{request.method} {request.path}\n{sent}".encode()).hexdigest()

    def made() -> repeats.Answer:
        status, data, headers = act()
        return repeats.Answer(status, pydantic_core.to_json(data).decode(), dict(headers))

    given, is_repeated = repeats.once(
        keys.caller(request).program_id, mark=mark, fingerprint=fingerprint, act=made
    )
    answer = HttpResponse(given.body, status=given.status, content_type=CONTENT_TYPE, headers=given.headers)
    answer["Cache-Control"] = "no-store"
    if is_repeated:
        answer["Idempotency-Replayed"] = "true"
    return answer


def wanted(fields: str) -> list[str]:
    """The names in `fields`; refuses one that no case has."""
    names = [name for name in fields.split(",") if name]
    unknown = sorted(set(names) - shaping.case_fields())
    if unknown:
        message = _("There is no such field: %(names)s.") % {"names": ", ".join(unknown)}
        raise Invalid(message, fields={"fields": message})
    return names


def only(record: Mapping[str, Any], names: list[str]) -> Mapping[str, Any]:
    """The record with these fields only, and its number; whole where none is named."""
    return {name: record[name] for name in ("number", *names) if name in record} if names else record


def _tags(header: str) -> list[str]:
    return _TAG.findall(header[:2_000])
