"""Showing that a number or an address is one's own: a code goes there, and is typed in here."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from huiyin.kernel import clock, public_ids
from huiyin.people import logic, queries
from huiyin.people.models import Code

DIGITS = 6
MINUTES = 15
MOST_TRIES = 5


@dataclass(frozen=True)
class Place:
    """A number or an address, in the spelling in which a message reaches it."""

    kind: str
    address: str
    key: str


def place(typed: str) -> Place | None:
    """What was typed, as an e-mail address or a telephone number; None where it is neither."""
    if (address := logic.email(typed)) is not None:
        return Place(queries.EMAIL, address, queries.key(queries.EMAIL, address.lower()))
    if (number := logic.phone(typed)) is not None:
        plain = number.canonical.partition("x")[0]
        return Place(queries.PHONE, plain, queries.key(queries.PHONE, number.canonical))
    return None


def make(where: Place) -> str:
    """A fresh code for this place, to be sent there; an earlier one holds no more."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    values = {"code_hash": _hash(where, code), "tries": 0, "sent_at": clock.now()}
    Code.objects.update_or_create(key=where.key, defaults=values)
    return code


def is_right(where: Place, code: str) -> bool:
    """Whether this is the code that was sent; it holds for a quarter of an hour, for five tries, and once.

    A wrong try counts even if the caller's request fails afterwards, provided that it is no part of a transaction.
    """
    with transaction.atomic():
        row = Code.objects.select_for_update().filter(key=where.key).first()
        if (
            row is None
            or row.tries >= MOST_TRIES
            or row.sent_at < clock.now() - dt.timedelta(minutes=MINUTES)
        ):
            return False
        if not hmac.compare_digest(row.code_hash, _hash(where, "".join(code.split()))):
            Code.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
            return False
        row.delete()
    return True


def forget_older_than(age: dt.timedelta) -> int:
    """Remove codes that were sent before `age` ago; returns how many."""
    gone, _rows = Code.objects.filter(sent_at__lt=clock.now() - age).delete()
    return gone


def _hash(where: Place, code: str) -> str:
    return public_ids.keyed_hash("contact-code", f"{where.key}:{code}")
