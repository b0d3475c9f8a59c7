"""One mail, read."""

from __future__ import annotations

import email.message
import email.parser
import email.utils
import re
from dataclasses import dataclass, field

from huiyin.engines.mail import decoding, parts
from huiyin.engines.mail.parts import Attachment

LONGEST_REFERENCES = 20_000
_IDENT = re.compile(r"<([^<>\s]{1,250})>")
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To")
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]@]+@[^\s<>,;:\"()\[\]@]+")
# Where an answer ends and what it answers begins.
_QUOTED = re.compile(
    r"^(?:-{2,}\s*(?:Original Message|原始邮件|原始郵件|转发的邮件|Forwarded message)\s*-{2,}.*"
    r"|On .{5,200} wrote:|在\s*.{4,200}写道[：:]|於\s*.{4,200}寫道[：:]|Am .{5,200} schrieb .{1,200}:"
    r"|_{10,}|发件人[：:].{1,200}|寄件者[：:].{1,200})\s*$",
    re.MULTILINE,
)


class Unreadable(ValueError):  # noqa: N818 -- a mail that is none
    """There is nothing in it that could be read as a mail."""


@dataclass(frozen=True)
class Mail:
    """What a mail says. `message` is the mail itself, for questions that hardly anybody asks."""

    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    ident: str
    references: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()
    message: email.message.Message = field(default_factory=email.message.Message, repr=False)

    @property
    def own_words(self) -> str:
        """The text without the mail that it answers; the whole where nothing else would be left."""
        found = _QUOTED.search(self.text)
        kept = self.text[: found.start()] if found else self.text
        lines = kept.rstrip().split("\n")
        while lines and (lines[-1].lstrip().startswith((">", "＞")) or not lines[-1].strip()):
            lines.pop()
        return "\n".join(lines).strip() or self.text


def read(raw: bytes) -> Mail:
    """Read a mail. Raises Unreadable where there are neither headers nor words, or it is nested beyond all reason."""
    try:
        message = email.parser.BytesParser().parsebytes(raw)
        text, files = parts.words(message)
    except RecursionError as error:
        raise Unreadable("nested too deep") from error
    if not message.keys() and not text:
        raise Unreadable("empty")
    name, address = email.utils.parseaddr(_header(message, "From"))
    found = _ADDRESS.search(address) or _ADDRESS.search(_header(message, "From"))
    return Mail(
        sender=found[0].lower() if found else "",
        sender_name=name.strip() if name != address else "",
        recipients=_recipients(message),
        subject=_header(message, "Subject")[:300],
        text=text,
        ident=_first(_idents(message, "Message-ID")),
        references=(*_idents(message, "In-Reply-To"), *reversed(_idents(message, "References"))),
        attachments=tuple(files),
        message=message,
    )


def _header(message: email.message.Message, name: str) -> str:
    """The first header of this name, as people read it."""
    return decoding.header(next(iter(_raw(message, name)), ""))


def _raw(message: email.message.Message, name: str) -> list[str]:
    """Headers as they came; read in the usual way, raw bytes in them would be lost."""
    return [str(value) for own, value in message.raw_items() if own.lower() == name.lower()]


def _recipients(message: email.message.Message) -> tuple[str, ...]:
    found: list[str] = []
    for name in _TO:
        for value in _raw(message, name)[:20]:
            found += [one.lower() for one in _ADDRESS.findall(decoding.header(value, longest=4_000))]
    return tuple(dict.fromkeys(found))


def _idents(message: email.message.Message, name: str) -> tuple[str, ...]:
    joined = " ".join(str(value) for value in message.get_all(name, []))[:LONGEST_REFERENCES]
    return tuple(_IDENT.findall(joined))


def _first(found: tuple[str, ...]) -> str:
    return found[0] if found else ""
