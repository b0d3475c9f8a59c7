"""Warning the people who can still do something: officers and their unit, then its head, then the supervisors.

Everybody gets one message per run, whatever the number of cases, and it names numbers and dates only.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.cases.enums import Level
from huiyin.cases.operations import escalation
from huiyin.cases.queries import due
from huiyin.notifications import operations as notifications

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from huiyin.accounts.models import User

MOST_NAMED = 50
Rows = list[tuple[str, "dt.datetime"]]


def warn_of_deadlines() -> int:
    """Plan and give the warnings whose time has come, then tell whom they concern; returns how many cases."""
    escalation.plan()
    warned = escalation.warn()
    letters: dict[User, Rows] = defaultdict(list)
    for (level, unit_id), case_ids in warned.cases.items():
        rows = due.numbers_with_deadlines(case_ids)
        for reader in _readers(level, unit_id):
            # An officer of the unit hears of the cases that are theirs, and of those that nobody has taken.
            letters[reader] += [
                (number, at)
                for number, at, officer, is_secret in rows
                if level > Level.OVERDUE or officer == reader.pk or (officer is None and not is_secret)
            ]
        secret = [(number, at) for number, at, officer, is_secret in rows if is_secret and officer is None]
        if secret and unit_id is not None and level <= Level.OVERDUE:
            # Of a confidential case that nobody has taken only the head may know.
            for head in accounts.holders(Role.UNIT_HEAD, unit_id=unit_id):
                letters[head] += secret
    with transaction.atomic():
        for reader, named in letters.items():
            _tell(reader, sorted(set(named), key=lambda row: (row[1], row[0])))
    return warned.count


def _readers(level: Level, unit_id: int | None) -> Iterable[User]:
    if level is Level.SUPERVISOR:
        return accounts.holders(Role.SUPERVISOR)
    if unit_id is None:
        return accounts.holders(Role.DISPATCHER)
    return accounts.holders(Role.UNIT_HEAD if level is Level.HEAD else Role.OFFICER, unit_id=unit_id)


def _tell(reader: User, rows: Rows) -> None:
    if not rows or not reader.email:
        return
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        subject = ngettext("%(count)d case needs you today", "%(count)d cases need you today", len(rows)) % {
            "count": len(rows)
        }
        lines = [f"{number}  {timezone.localtime(at):%Y-%m-%d %H:%M}" for number, at in rows[:MOST_NAMED]]
        if len(rows) > MOST_NAMED:
            lines.append("…")
        body = "\n".join(
            [
                _("Their deadlines come near or have passed:"),
                "",
                *lines,
                "",
                f"{settings.HUIYIN_BASE_URL}/desk/",
            ]
        )
        notifications.enqueue("deadlines", address=reader.email, reference="", subject=subject, body=body)
