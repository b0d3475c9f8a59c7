"""Errors as `application/problem+json` (RFC 9457): what happened, how to mend it, and at which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import pydantic_core
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import HttpError, ValidationError

from huiyin.kernel import errors

CONTENT_TYPE = "application/problem+json"
# Names that verbs use for their fields, and where a client wrote them.
POINTERS = {
    "name": "/contact/name",
    "phone": "/contact/phone",
    "email": "/contact/email",
    "address": "/contact/address",
    "lat": "/place/lat",
    "lon": "/place/lon",
}


class Field(Schema):
    """One thing that is wrong, and where."""

    place: str
    pointer: str
    detail: str


class Problem(Schema):
    """What happened and how to mend it; `code` is for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Field]


class Stale(errors.Refusal):
    """The case was changed since the client read it (If-Match)."""

    status = 412
    code = "changed"


class Unauthorised(errors.Refusal):
    """No key, or none that opens anything."""

    status = 401
    code = "key"


def response(
    status: int, *, code: str, detail: str = "", fields: Iterable[Mapping[str, str]] = ()
) -> HttpResponse:
    """The answer for a problem."""
    title = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "errors": list(fields),
    }
    answer = HttpResponse(pydantic_core.to_json(body), status=status, content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="huiyin"'
    return answer


def of_refusal(_request: HttpRequest, refusal: Any) -> HttpResponse:
    """What a verb refused."""
    fields = [
        {"place": "body", "pointer": POINTERS.get(name, f"/{name}"), "detail": str(text)}
        for name, text in refusal.fields.items()
    ]
    return response(refusal.status, code=refusal.code, detail=str(refusal.message), fields=fields)


def of_validation(_request: HttpRequest, error: Any) -> HttpResponse:
    """What does not fit the description of the interface."""
    fields = [_field(one) for one in error.errors]
    return response(
        422, code="invalid", detail=_("Something in the request needs to be changed."), fields=fields
    )


def of_http(_request: HttpRequest, error: Any) -> HttpResponse:
    """What the framework refused: a body that cannot be read, a missing key."""
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        return of_refusal(_request, no_key())
    detail = _("The body is not JSON in UTF-8.") if error.status_code == HTTPStatus.BAD_REQUEST else ""
    return response(error.status_code, code="unreadable", detail=detail)


def no_key() -> Unauthorised:
    """The refusal of a request without a key that works."""
    return Unauthorised(_("Send a key that works, as “Authorization: Bearer …”. Administrators give keys."))


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    place, *path = (str(part) for part in error["loc"])
    # The name of the argument in our code, which no client knows.
    inner = path[1:] if path[:1] == ["given"] else path
    return {"place": place, "pointer": "/" + "/".join(inner) if inner else "", "detail": str(error["msg"])}


HANDLERS = {errors.Refusal: of_refusal, ValidationError: of_validation, HttpError: of_http}
