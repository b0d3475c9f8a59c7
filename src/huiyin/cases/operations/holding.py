"""Legal holds: while one runs nothing of the case is erased, by nobody."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.cases.enums import Action, HoldEnd
from huiyin.cases.models import Hold
from huiyin.cases.operations.acting import SYSTEM, Acting, Actor, acting
from huiyin.cases.queries import holds
from huiyin.kernel import clock
from huiyin.kernel.errors import Denied, Invalid

if TYPE_CHECKING:
    from huiyin.accounts.models import User

LONGEST = dt.timedelta(days=5 * 366)


def hold(case_id: int, *, reason: str, until: dt.date, actor: Actor, revision: int | None = None) -> Hold:
    """Let nothing of the case be erased up to and including this day; a hold that runs is replaced.

    Parts of the case are kept with it. Refuses (Invalid) no reason, a day that is not in the future or more than five
    years ahead; also a case that is erased already. The person reads on their page that it is kept, and until when.
    """
    words = _words(reason)
    if not clock.today() < until <= clock.today() + LONGEST:
        message = _("Choose a day in the future, at most five years ahead.")
        raise Invalid(message, fields={"until": message})
    with acting(case_id, Action.HOLD, actor=actor, revision=revision) as act:
        by = _user(act)
        _end(act, HoldEnd.RENEWED, by=by)
        act.case.held_until = until
        act.data, act.words = {"until": until.isoformat()}, {"reason": words}
        return Hold.objects.create(case=act.case, by=by, reason=words, until=until)


def lift(case_id: int, *, why: str, actor: Actor, revision: int | None = None) -> None:
    """End a hold before its day, with the reason. From now on time and the person can erase again."""
    words = _words(why)
    with acting(case_id, Action.LIFT_HOLD, actor=actor, revision=revision) as act:
        _end(act, HoldEnd.LIFTED, by=_user(act), why=words)
        act.case.held_until, act.words = None, {"reason": words}


def end_due() -> list[int]:
    """End the holds whose day has passed; returns the ids of their cases. Each has a transaction of its own."""
    due = holds.over(clock.today())
    for case_id in due:
        with acting(case_id, Action.END_HOLD, actor=SYSTEM) as act:
            _end(act, HoldEnd.OVER)
            act.case.held_until = None
    return due


def _end(act: Acting, end: HoldEnd, *, by: User | None = None, why: str = "") -> None:
    running = Hold.objects.filter(case=act.case, ended_at__isnull=True)
    running.update(ended_at=act.now, end=end, ended_by=by, why_lifted=why)


def _user(act: Acting) -> User:
    if act.actor.user is None:
        raise Denied(_("Only staff do this."))
    return act.actor.user


def _words(text: str) -> str:
    words = text.replace("\x00", "").strip()[:300]
    if not words:
        raise Invalid(_("Say why."), fields={"reason": _("Say why.")})
    return words
