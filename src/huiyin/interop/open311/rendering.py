"""Answers in XML and JSON from the same values: XML has text and empty elements where JSON has numbers and null."""

import json
import re
from collections.abc import Iterable
from typing import Any

# What an entry of a list is called in XML; in JSON a list is a list.
ENTRIES = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
}
# Characters that no XML document may hold, however they are written.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[&<>\r]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


def to_json(value: Any) -> bytes:
    """The value as JSON in UTF-8."""
    # A lone surrogate is no character; it cannot come from our database, but an echo may bring one.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def to_xml(root: str, value: Any) -> bytes:
    """The value below an element `root`, as XML in UTF-8."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n']
    parts += _element(root, value)
    return "".join(parts).encode("utf-8", "replace")


def _element(name: str, value: Any) -> Iterable[str]:
    if value is None or value in ("", [], {}):
        yield f"<{name}/>"
    elif isinstance(value, dict):
        yield f"<{name}>"
        for key, inner in value.items():
            yield from _element(key, inner)
        yield f"</{name}>"
    elif isinstance(value, list):
        yield f"<{name}>"
        for inner in value:
            yield from _element(ENTRIES[name], inner)
        yield f"</{name}>"
    else:
        yield f"<{name}>{_text(value)}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else str(value)
    if text.isalnum() and text.isascii():
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], _FORBIDDEN.sub("", text))
