"""Reading a mailbox by IMAP: what is new is taken in and marked as seen; what could not be taken in is flagged."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.kernel.ports import Health
from huiyin.usecases import mail

log = structlog.get_logger(__name__)
SECONDS = 20
MOST_AT_ONCE = 100


@dataclass
class Fetched:
    """How many mails were taken in, refused, and left for the next time."""

    taken: int = 0
    refused: int = 0
    left: int = 0


def is_set() -> bool:
    """Whether there is a mailbox to read."""
    return bool(settings.HUIYIN_IMAP_HOST)


def fetch() -> Fetched:
    """Take in what is new. A mail is marked when it was taken in; one that fails for the moment stays for next time.

    Raises OSError or imaplib.IMAP4.error where the mailbox cannot be read.
    """
    result = Fetched()
    with _opened() as box:
        for uid in _new(box):
            try:
                received = mail.receive(_raw(box, uid))
            except Exception as fault:  # noqa: BLE001 -- one mail that cannot be taken in must not hold up all others
                log.warning("mail left for later", fault=type(fault).__name__)
                result.left += 1
                continue
            refused = received.kind is mail.Kind.REFUSED
            box.uid("STORE", uid, "+FLAGS", r"(\Seen \Flagged)" if refused else r"(\Seen)")
            result.refused, result.taken = result.refused + refused, result.taken + (not refused)
    return result


def check() -> Health:
    """Whether the mailbox can be read, for the health page; never raises."""
    if not is_set():
        return Health(ok=True, detail=_("No mailbox is set: mails become no cases."))
    try:
        with _opened():
            return Health(ok=True, detail=_("The mailbox can be read."))
    except (OSError, imaplib.IMAP4.error):
        return Health(ok=False, detail=_("The mailbox cannot be read. Check host, user and password."))


@contextlib.contextmanager
def _opened() -> Iterator[imaplib.IMAP4]:
    # Without a context of ours the library would take any certificate.
    box = imaplib.IMAP4_SSL(
        settings.HUIYIN_IMAP_HOST,
        settings.HUIYIN_IMAP_PORT,
        ssl_context=ssl.create_default_context(),
        timeout=SECONDS,
    )
    try:
        box.login(settings.HUIYIN_IMAP_USER, settings.HUIYIN_IMAP_PASSWORD)
        state, _answer = box.select(f'"{settings.HUIYIN_IMAP_FOLDER}"')
        if state != "OK":
            raise imaplib.IMAP4.error("no such folder")
        yield box
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _new(box: imaplib.IMAP4) -> list[str]:
    _state, found = box.uid("SEARCH", "UNSEEN")
    return [uid.decode() for uid in (found[0] or b"").split()[:MOST_AT_ONCE]]


def _raw(box: imaplib.IMAP4, uid: str) -> bytes:
    """The mail; of one that is too large only so much that it is seen to be so."""
    _state, answer = box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{mail.MOST_BYTES + 1}>)")
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")
