"""A new case: its number, its deadlines, its first unit, its leaf in the public log."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.audit import queries as log
from huiyin.cases.enums import Action, Anonymity, Party, State
from huiyin.cases.logic import indexing
from huiyin.cases.models import Case, CaseFile, Event
from huiyin.cases.operations import clocks, telling, turns
from huiyin.cases.queries import receipts
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.engines.text import pipeline
from huiyin.kernel import clock, public_ids, rows
from huiyin.kernel.errors import Invalid
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.catalogue.models import Channel, ServiceVersion
    from huiyin.files.models import StoredFile
    from huiyin.organisations.models import Unit
    from huiyin.people.models import Contact
    from huiyin.places.models import Area

SECRET_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """What is known of a case when it comes in; everything but the text may be missing."""

    text: str
    channel: Channel
    version: ServiceVersion | None = None
    kind: Kind | None = None
    language: str = "zh-hans"
    intake: Sequence[dict[str, Any]] = ()
    place_text: str = ""
    area: Area | None = None
    point: tuple[float, float] | None = None
    contact: Contact | None = None
    anonymity: Anonymity = Anonymity.OFFICE
    files: Sequence[StoredFile] = ()
    filed_by: User | None = None
    # The unit that the person complains about.
    about_unit: Unit | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class Filed:
    """A stored case and the secret that opens it; the secret exists nowhere else."""

    case: Case
    secret: str


def create(new: NewCase) -> Filed:
    """Store a case with its timeline row, audit record and log leaf, in the caller's transaction.

    The unit of the service becomes responsible at once; without one, or where the person complains about that very
    unit, the case waits for a dispatcher. Refuses an empty or overlong text (Invalid).
    """
    text = cleaned(new.text)
    now = clock.now()
    secret = public_ids.code(SECRET_LENGTH)
    case = _case(new, text=text, secret=secret, now=now)
    rows.insert([case])
    rows.add([CaseFile(case=case, file=stored, position=place) for place, stored in enumerate(new.files)])
    events = first_events(case, now=now)
    rows.add(events)
    for event in events:
        telling.tell(case, event)
    turns.look_for_officer(case)
    audit.record(
        "case.file",
        actor=f"user:{new.filed_by.pk}" if new.filed_by else "person",
        subject=f"case:{case.pk}",
        data={"channel": new.channel.code, "unit": case.unit_id}
        | ({"source": new.source} if new.source else {}),
    )
    return Filed(case, secret)


def cleaned(text: str) -> str:
    """The text as it can be stored; the words stay as sent. Refuses what is empty or too long."""
    # PostgreSQL cannot hold NUL, UTF-8 cannot hold lone surrogates; nothing else is touched.
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    longest = int(organisations.setting(SettingKey.TEXT_MAX_CHARACTERS))
    if not text.strip():
        raise Invalid(_("Tell us what is the matter."), fields={"text": _("Tell us what is the matter.")})
    if len(text) > longest:
        message = _(
            "This text has %(count)s characters; at most %(most)s can be sent. Shorten it or add a file."
        )
        message %= {"count": len(text), "most": longest}
        raise Invalid(message, fields={"text": message})
    return text


def _case(new: NewCase, *, text: str, secret: str, now: dt.datetime) -> Case:
    version = new.version
    unit = first_unit(version, about=new.about_unit)
    case = Case(
        number=next_number(),
        secret_hash=secret_hash(secret),
        text=text,
        language=new.language,
        kind=new.kind or (Kind(version.kind) if version else Kind.HELP),
        channel=new.channel,
        service_id=version.service_id if version else None,
        service_version=version,
        urgency=version.urgency if version else Urgency.ORDINARY,
        intake=list(new.intake),
        extra=new.extra,
        place_text=new.place_text,
        area=new.area,
        lat=new.point[0] if new.point else None,
        lon=new.point[1] if new.point else None,
        contact=new.contact,
        anonymity=new.anonymity,
        filed_by=new.filed_by,
        unit=unit,
        about_unit=new.about_unit,
        received_at=now,
        source=new.source,
        external_id=new.external_id,
        receipt_salt=secrets.token_hex(32),
        words=indexing.case_words(text, new.place_text, received_at=now),
    )
    if case.unit_id is not None:
        case.state, case.assigned_at = State.ASSIGNED, now
    clocks.promise(case, version=version, unit=case.unit, start=now)
    case.leaf_hash = audit.add_leaf(commitment(case, [stored.sha256 for stored in new.files]))
    return case


def first_unit(version: ServiceVersion | None, *, about: Unit | None) -> Unit | None:
    """The unit that gets a new case of this service: never by itself the one that the person complains about."""
    unit = version.unit if version is not None else None
    if unit is None or not unit.is_active:
        return None
    if about is not None and about.pk in organisations.with_all_above(frozenset({unit.pk})):
        return None
    return unit


def search_words(*texts: str) -> Any:
    """The search vector of these texts, as an expression to store."""
    return Cast(Value(pipeline.search_vector("\n".join(texts))), SearchVectorField())


# Numbers that this process took in stock; the sequence has them for nobody else, and those left over are never used.
_stock: dict[int, list[str]] = {}
_lock = threading.Lock()
STOCK = 50


def next_number() -> str:
    """The next public case number. Taken fifty at a time: numbers follow no order anyway, so a gap tells nothing."""
    with _lock:
        stock = _stock.setdefault(os.getpid(), [])
        if not stock:
            stock.extend(numbers(STOCK))
        return stock.pop()


def numbers(count: int) -> list[str]:
    """`count` fresh case numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('case_serial') FROM generate_series(1, %s)", [count])
        return [public_ids.case_number(serial) for (serial,) in cursor.fetchall()]


def secret_hash(secret: str) -> str:
    """What is stored of a secret: a keyed hash; the secret has 59 bits, so that slow hashing adds nothing."""
    return public_ids.keyed_hash("case-secret", public_ids.plain(secret))


def commitment(case: Case, file_hashes: Sequence[str]) -> bytes:
    """What the public log commits to for this case."""
    return log.commitment(
        salt=bytes.fromhex(case.receipt_salt), content=receipts.receipt_content(case, file_hashes)
    )


def first_events(case: Case, *, now: dt.datetime) -> list[Event]:
    """The timeline rows of a new case: filed, and sent to its unit where there is one."""
    by = Party.DESK if case.filed_by_id else Party.PERSON
    events = [
        Event(
            case=case, at=now, action=Action.FILE, party=by, actor_id=case.filed_by_id, to_state=State.RECEIVED,
            data={"due": case.promised_at.isoformat() if case.promised_at else None},
        )
    ]  # fmt: skip
    if case.state == State.ASSIGNED:
        events.append(
            Event(
                case=case, at=now, action=Action.ASSIGN, party=Party.SYSTEM, unit_id=case.unit_id,
                from_state=State.RECEIVED, to_state=State.ASSIGNED, data={"unit": case.unit_id},
            )
        )  # fmt: skip
    return events
