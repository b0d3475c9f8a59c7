"""Mails that no person wrote: answers of machines, lists, and mails that came back (RFC 3834, RFC 3464)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from huiyin.engines.mail import decoding, parts
from huiyin.engines.mail.reading import Mail

_MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+=@-]|$)", re.IGNORECASE
)
_DAEMONS = re.compile(r"^(mailer-daemon|postmaster)@", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Auto-Reply-From", "List-Id", "List-Unsubscribe",
            "Feedback-ID", "X-Loop")  # fmt: skip
_ABSENT = re.compile(
    r"^\s*(re:\s*)?(自动回复|自動回覆|自动答复|外出|automatic reply|auto(matic)?[- ]?repl|auto:"
    r"|out of (the )?office|abwesenheit)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_PERMANENT = "5"
_IDENT = re.compile(r"<([^<>\s]{1,250})>")


@dataclass(frozen=True)
class Bounce:
    """A mail that came back: the code (5.1.1 …), and the Message-IDs that it may be about."""

    code: str
    idents: tuple[str, ...]

    @property
    def is_final(self) -> bool:
        """Whether trying again is useless; a mere delay is none of our business."""
        return self.code.startswith(_PERMANENT)


def is_automatic(mail: Mail) -> bool:
    """Whether a machine wrote it. Nothing is ever sent in answer to such a mail, and no case is made of it."""
    message = mail.message
    submitted = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    if submitted not in {"no", ""} or str(message.get("Precedence", "")).strip().lower() in _BULK:
        return True
    if any(message.get(name) is not None for name in _HEADERS):
        return True
    if str(message.get("Return-Path", "-")).strip() == "<>":
        return True
    return bool(_MACHINES.match(mail.sender) or _ABSENT.match(mail.subject))


def bounce(mail: Mail) -> Bounce | None:
    """What a mail that came back says; None for every other mail."""
    reported = mail.message.get_content_type() == "multipart/report"
    if not reported and not _DAEMONS.match(mail.sender):
        return None
    texts = [decoding.text(parts.content(part), None)[:200_000] for part in parts.leaves(mail.message)]
    joined = "\n".join(texts)
    nodes = list(parts.nodes(mail.message))
    # A report says it in headers of a part of its own; a homely bounce somewhere in its words.
    said = " ".join(str(value) for part in nodes for value in part.get_all("Status", []))
    codes = _STATUS.findall(said) or _STATUS.findall(joined)
    headers = [str(value) for part in nodes for value in part.get_all("Message-ID", [])]
    idents = [one for text in (*headers, joined) for one in _IDENT.findall(text)]
    named = [one for one in dict.fromkeys((*mail.references, *idents)) if one != mail.ident]
    # Without any code a daemon's mail still says that it did not arrive.
    return Bounce(max(codes, default="5.0.0"), tuple(named[:50]))
