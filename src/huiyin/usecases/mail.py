"""Mails become cases, answers to notices join their case, and what no person wrote becomes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.cases.operations import intake, limits, person
from huiyin.cases.queries import mailed
from huiyin.catalogue import queries as catalogue
from huiyin.engines import mail as engine
from huiyin.files import operations as files
from huiyin.kernel.errors import Invalid, Refusal
from huiyin.notifications import operations as notifications
from huiyin.notifications import queries as notices
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.people import operations as people
from huiyin.usecases import filing

if TYPE_CHECKING:
    from huiyin.files.models import StoredFile

MOST_BYTES = 60 * 1024 * 1024
SOURCE = "mail"
NAME_CHARACTERS = 100
# A link into somebody's case, which notices hold and answers quote: nobody else shall find it in the case.
_LINKS = re.compile(r"\S*/follow/link/\S*")
_CHINESE = re.compile("[㐀-鿿]")
CUT = "…"


class Kind(StrEnum):
    """What became of a mail."""

    CASE = "case"
    ANSWER = "answer"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True)
class Received:
    """What became of a mail; `number` is that of the case, `reason` a code."""

    kind: Kind
    number: str = ""
    reason: str = ""


def receive(raw: bytes) -> Received:
    """Take a mail in. Whatever it holds, it is no fault; the end of each is in the audit trail, without its words.

    A mail that came before (same Message-ID) is taken in once. Answers of machines, lists, our own mails and mails that
    came back make no case, and nothing is sent to them. Raises only what passes (ScannerDown, no database): then it is
    to be brought again later.
    """
    received = _receive(raw)
    if received.kind not in {Kind.CASE, Kind.ANSWER}:
        subject = f"mail:{hashlib.sha256(raw).hexdigest()[:16]}"
        data = {"kind": received.kind, "reason": received.reason}
        audit.record("mail.received", actor="system", subject=subject, data=data)
    return received


def _receive(raw: bytes) -> Received:
    if len(raw) > MOST_BYTES:
        return Received(Kind.REFUSED, reason="too large")
    try:
        mail = engine.read(raw)
    except engine.Unreadable as error:
        return Received(Kind.REFUSED, reason=str(error))
    came_back = engine.bounce(mail)
    if came_back is not None:
        return _bounced(came_back)
    if _is_ours(mail) or engine.is_automatic(mail):
        return Received(Kind.AUTOMATIC)
    if not mail.sender:
        return Received(Kind.REFUSED, reason="no sender")
    try:
        return _taken_in(mail, raw)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return Received(Kind.REFUSED, reason=refusal.code)


@transaction.atomic
def _taken_in(mail: engine.Mail, raw: bytes) -> Received:
    mark = hashlib.sha256(mail.ident.encode() if mail.ident else raw).hexdigest()
    # Whoever brings the same mail at the same moment waits here.
    if limits.tries("mail", mark, window=limits.DAY) > 1 or mailed.is_known(SOURCE, mark):
        return Received(Kind.REPEATED)
    number = _answered(mail)
    if number:
        return _write(mail, number)
    limits.count_case(f"mail:{mail.sender}")
    return _file(mail, mark)


def _write(mail: engine.Mail, number: str) -> Received:
    case_id, language = mailed.case_of(number)
    with translation.override(language):
        kept, refused = _files(mail.attachments)
        person.write(case_id, text=_text(mail.own_words, refused), files=kept)
    _record(case_id, Kind.ANSWER, kept, refused)
    return Received(Kind.ANSWER, number)


def _file(mail: engine.Mail, mark: str) -> Received:
    language = settings.LANGUAGE_CODE
    if not language.startswith("zh") or not _CHINESE.search(mail.subject + mail.text):
        language = "zh-hans" if _CHINESE.search(mail.subject + mail.text) else "en"
    with translation.override(language):
        kept, refused = _files(mail.attachments)
        channel = catalogue.channel("email")
        if channel is None:
            raise Invalid("The channel “email” is not set up.")
        words = "\n\n".join(part for part in (mail.subject, mail.text) if part.strip())
        new = intake.NewCase(
            text=_text(words, refused),
            channel=channel,
            language=language,
            files=kept,
            source=SOURCE,
            external_id=mark,
        )
        filed = filing.file_case(new, contact=_contact(mail))
    _record(filed.case.pk, Kind.CASE, kept, refused)
    return Received(Kind.CASE, filed.case.number)


def _contact(mail: engine.Mail) -> filing.ContactGiven:
    name = mail.sender_name[:NAME_CHARACTERS]
    try:
        people.check_contact(name=name, email=mail.sender, wants_mail=True)
    except Invalid:
        return filing.ContactGiven()
    return filing.ContactGiven(name=name, email=mail.sender, wants_mail=True)


def _files(attachments: Sequence[engine.Attachment]) -> tuple[list[StoredFile], list[str]]:
    """The files that can be kept, and what is said of the others."""
    kept: list[StoredFile] = []
    refused: list[str] = []
    for attachment in attachments:
        if len(kept) >= settings.HUIYIN_FILES_PER_CASE:
            refused.append(f"{attachment.name}: " + _("there are more files than a case can have"))
            continue
        try:
            kept.append(
                files.store(SimpleUploadedFile("attachment", attachment.content), name=attachment.name)
            )
        except Invalid as refusal:
            refused.append(f"{attachment.name}: {refusal.message}")
    return kept, refused


def _text(words: str, refused: Sequence[str]) -> str:
    """The words as a case can hold them, with what is to be said of attachments that were not kept."""
    said = _LINKS.sub(CUT, words).strip() or _("(A mail without words.)")
    more = "\n\n" + _("Not kept of this mail:") + "\n" + "\n".join(refused) if refused else ""
    longest = int(organisations.setting(SettingKey.TEXT_MAX_CHARACTERS))
    more = more[: longest // 4]
    room = longest - len(more)
    return (said if len(said) <= room else said[: room - 1] + CUT) + more


def _answered(mail: engine.Mail) -> str:
    """The number of the case that a mail belongs to: by the token in its address, its subject, or what it answers."""
    named = [found for to in mail.recipients if (found := _token(to))]
    named += re.findall(r"\[#([0-9a-z-]{20,64})\]", mail.subject)
    idents = [ident.partition("@")[0] for ident in mail.references]
    for token in (*named, *idents):
        number = notices.reference_of(token)
        if number and mailed.takes_mail(number):
            return number
    return ""


def _token(address: str) -> str:
    """What stands behind the plus sign in one of our addresses."""
    ours, _at, domain = settings.HUIYIN_MAIL_ADDRESS.partition("@")
    local, _at, given = address.partition("@")
    base, plus, token = local.partition("+")
    return token if ours and plus and (base, given) == (ours, domain) else ""


def _is_ours(mail: engine.Mail) -> bool:
    base = mail.sender.partition("@")[0].partition("+")[0] + "@" + mail.sender.partition("@")[2]
    return base in {settings.HUIYIN_MAIL_ADDRESS, settings.DEFAULT_FROM_EMAIL.lower()} or mail.ident.endswith(
        "@huiyin"
    )


def _bounced(bounce: engine.Bounce) -> Received:
    if not bounce.is_final:
        return Received(Kind.BOUNCE, reason=bounce.code)
    for ident in bounce.idents:
        if notifications.bounced(ident, code=bounce.code):
            break
    return Received(Kind.BOUNCE, reason=bounce.code)


def _record(case_id: int, kind: Kind, kept: Sequence[StoredFile], refused: Sequence[str]) -> None:
    data = {"kind": kind, "files": len(kept), "files_refused": len(refused)}
    audit.record("mail.received", actor="system", subject=f"case:{case_id}", data=data)
