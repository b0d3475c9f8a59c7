"""Answers in XML and JSON from the same values: XML has text and empty elements where JSON has numbers and null."""

import json
import re
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
    found = f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, value)}'
    return found.encode("utf-8", "replace")


def _element(name: str, value: Any) -> str:
    # Most are texts and nothing: they are asked about first.
    if isinstance(value, str):
        inner = _text(value)
    elif value is None:
        inner = ""
    elif isinstance(value, dict):
        inner = "".join([_element(key, part) for key, part in value.items()])
    elif isinstance(value, list):
        inner = "".join([_element(ENTRIES[name], part) for part in value])
    else:
        inner = _text(value)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else str(value)
    if text.isalnum() and text.isascii():
        return text
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], _FORBIDDEN.sub("", text))
