"""Which answers an operation can give, for the description; and the description itself."""

from __future__ import annotations

from typing import Any

from huiyin.interop.rest import problems

Statuses = dict[int, Any]
ALWAYS = (422, 429)
KEYED = (401, 403)


def reads(shape: Any, *, missing: bool = False) -> Statuses:
    """Answers of a reading operation with a key."""
    return _with({200: shape, 304: None}, *KEYED, *ALWAYS, *([404] if missing else []))


def open_reads(shape: Any, *, missing: bool = False) -> Statuses:
    """Answers of a reading operation that needs no key."""
    return _with({200: shape, 304: None}, *ALWAYS, *([404] if missing else []))


def writes(status: int, shape: Any, *, to_case: bool = False) -> Statuses:
    """Answers of a writing operation; one about a case can miss it, and find it changed."""
    return _with({status: shape}, 400, *KEYED, 409, 413, *ALWAYS, *([404, 412] if to_case else []))


def _with(found: Statuses, *codes: int) -> Statuses:
    return {**found, **dict.fromkeys(sorted(codes), problems.Problem)}


INTRODUCTION = """\
Cases, their timelines and letters, services, units, files and the public figures.

Programs show a key that an administrator gives them, as `Authorization: Bearer …`; what it opens is decided by its
scopes and by the role it acts with, by the same rules as for people. Contact data of people are never given.
Every POST takes an `Idempotency-Key`: sent again within a day with the same body, it happens once and is answered
alike. Errors are `application/problem+json` and name the field. `RateLimit-*` headers say what is left of the
minute: of the program's, or where no key is shown, of the internet address's."""
PROBLEM = "application/problem+json"
COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", **schema},
    }


_KEY = _header(
    "Idempotency-Key",
    "A fresh mark for every request; the same one when it is sent again.",
    maxLength=255,
    pattern="^[!-~]*$",
)
_MATCH = _header(
    "If-Match",
    "ETag of the case as it was read; refused with 412 when the case has changed since.",
    maxLength=200,
)
ONCE = {"parameters": [_KEY]}
ONCE_MATCHED = {"parameters": [_KEY, _MATCH]}


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """What the framework cannot know: the type of errors, headers, and that lists may be asked for in part."""
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            if method == "get":
                operation["parameters"].append(
                    _header(
                        "If-None-Match", "ETag of an earlier answer; 304 if it still holds.", maxLength=200
                    )
                )
            for status, response in operation["responses"].items():
                _complete(int(status), response)
            if 401 not in map(int, operation["responses"]):
                # Open to everybody: a key may be shown, and need not.
                operation["security"] = [{}, *operation["security"]]
    # `fields` leaves out whatever was not asked for.
    schema["components"]["schemas"]["Case"]["required"] = ["number"]
    schema.pop("servers", None)
    return schema


def _complete(status: int, response: dict[str, Any]) -> None:
    if status >= 400:
        response["content"] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = dict.fromkeys(COUNTED) if status != 401 else {}
    described: dict[str, Any] = {name: {"schema": {"type": "integer"}} for name in headers}
    if status in {200, 304}:
        described["ETag"] = {"schema": {"type": "string"}}
    if status == 429:
        described["Retry-After"] = {"schema": {"type": "integer"}}
    if described:
        response["headers"] = described
