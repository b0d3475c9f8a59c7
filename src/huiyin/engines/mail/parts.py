"""What a mail is made of: its words and its attachments, however deep they lie."""

from __future__ import annotations

import email.message
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nh3

from huiyin.engines.mail import decoding

MOST_PARTS = 300
MOST_DEPTH = 30
LONGEST_HTML = 1_000_000
_BLOCKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6]|/table|/blockquote)\b[^<>]{0,500}>")
_CELLS = re.compile(r"(?i)</t[dh]\s{0,9}>")
# Tags that say nothing to whoever wants the words alone: taken out before, because a hundred thousand of them inside
# each other keep every parser of pages busy for hours.
_PLAIN = re.compile(
    r"(?i)</?(?:p|div|tr|td|th|table|tbody|thead|li|ul|ol|dl|dt|dd|h[1-6]|blockquote|a|b|i|u|s|em|font|span|strong|small|big|"
    r"code|pre|tt|strike|nobr|center|form|button|section|article)\b[^<>]{0,500}>"
)
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    content: bytes


def leaves(mail: email.message.Message) -> Iterator[email.message.Message]:
    """The parts that hold something, in their order; forwarded mails are looked into."""
    return (part for part in nodes(mail) if not isinstance(part.get_payload(), list))


def nodes(mail: email.message.Message) -> Iterator[email.message.Message]:
    """All parts, outer ones first, as far as any mail of a person goes."""
    waiting = [(mail, 0)]
    seen = 0
    while waiting and seen < MOST_PARTS:
        part, depth = waiting.pop()
        seen += 1
        yield part
        payload = part.get_payload()
        if isinstance(payload, list) and depth < MOST_DEPTH:
            inner = [(own, depth + 1) for own in payload if isinstance(own, email.message.Message)]
            waiting.extend(reversed(inner))


def content(part: email.message.Message) -> bytes:
    """The bytes of a part; what is wrongly encoded is read as far as it goes."""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        found = None
    if isinstance(found, bytes):
        return found
    return str(part.get_payload() or "").encode("utf-8", "surrogateescape")


def words(mail: email.message.Message) -> tuple[str, list[Attachment]]:
    """The text of a mail, from its plain part where there is one, and everything else as attachments."""
    plain: list[str] = []
    formatted: list[str] = []
    files: list[Attachment] = []
    for part in leaves(mail):
        name = _name(part)
        kind = part.get_content_type()
        if name or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            files.append(Attachment(name or kind.replace("/", "."), content(part)))
        elif kind == "text/html":
            formatted.append(from_html(_text(part)))
        elif kind in {"text/plain", "text/markdown", "text/enriched"}:
            plain.append(_text(part))
    said = "\n\n".join(text for text in plain if text.strip()) or "\n\n".join(formatted)
    return _tidy(said), [file for file in files if file.content.strip()]


def from_html(markup: str) -> str:
    """The words of a page: nothing that runs, loads or points anywhere is left, only text and line ends."""
    lines = _BLOCKS.sub("\n", markup[:LONGEST_HTML].replace("\r", "").replace("\n", " "))
    broken = _PLAIN.sub("", _CELLS.sub("\t", lines))
    return html.unescape(nh3.clean(broken, tags=set(), attributes={}))


def _text(part: email.message.Message) -> str:
    try:
        charset = part.get_param("charset")
    except (ValueError, IndexError):
        charset = None
    return decoding.text(content(part), str(charset[2] if isinstance(charset, tuple) else charset or ""))


def _name(part: email.message.Message) -> str:
    try:
        return decoding.header(part.get_filename(), longest=200)
    except (ValueError, LookupError, IndexError, TypeError):
        return "attachment"


def _tidy(said: str) -> str:
    lines = said.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\xa0", " ")
    clean = "\n".join(line.rstrip() for line in lines.split("\n"))
    return _BLANK_LINES.sub("\n\n", clean).strip().encode("utf-8", "replace").decode()
