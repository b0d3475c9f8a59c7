"""Sentences about what units do among each other: more time, warnings. Two voices, as in `sentences`."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huiyin.cases.enums import Action, ExtensionReason, Level, ReturnReason
from huiyin.web.components.telling import Telling, joined, label, new_due

Sentences = dict[Action, Callable[[Telling], str]]


def _extended(t: Telling) -> str:
    return _(
        "%(unit)s needs %(days)s more working days: %(reason)s. The answer is now due by %(date)s; the first promise "
        "stays on record."
    ) % {"unit": t.unit, "date": t.moment("due_after"), **_extension(t)}


def _extension(t: Telling) -> dict[str, Any]:
    return {"days": t.fact("days"), "reason": label(ExtensionReason, t.fact("cause"))}


def _staff_extended(t: Telling) -> str:
    what = _("Granted %(days)s more working days: %(reason)s.") % _extension(t)
    before = _("Deadline moved from %(before)s to %(after)s.")
    return joined(what, before % {"before": t.moment("due_before"), "after": t.moment("due_after")})


def _staff_refused_extension(t: Telling) -> str:
    reason = str(t.fact("reason") or "")
    return joined(
        _("Did not grant more time. The deadline stays."),
        _("Reason: %(reason)s") % {"reason": reason} if reason else "",
    )


def _staff_warned(t: Telling) -> str:
    text = {
        Level.SOON: _("Three quarters of the time are used; the answer is due by %(due)s."),
        Level.OVERDUE: _("Overdue since %(due)s."),
        Level.HEAD: _("Overdue since %(due)s; the head of the unit was told."),
        Level.SUPERVISOR: _("Overdue since %(due)s; the supervisors were told."),
    }.get(t.fact("level"), _("A deadline comes near."))
    return text % {"due": t.moment("due")}


def _staff_returned(t: Telling) -> str:
    proposed = t.unit_named(t.fact("unit"))
    return joined(
        _("%(unit)s returned it: %(reason)s.")
        % {"unit": t.unit, "reason": label(ReturnReason, t.fact("cause"))},
        str(t.fact("reason") or ""),
        _("It names %(unit)s instead.") % {"unit": proposed} if proposed else "",
        _("It lies before the arbiter.") if t.fact("to_arbiter") else "",
    )


def _ruled(t: Telling) -> str:
    return _("It was decided that %(unit)s is responsible. Your dates stay as promised.") % {
        "unit": t.unit_named(t.fact("unit"))
    }


def _staff_ruled(t: Telling) -> str:
    ground = str(t.fact("reason") or "")
    return joined(
        _("Decided: %(unit)s is responsible.") % {"unit": t.unit_named(t.fact("unit"))},
        _("Ground: %(ground)s") % {"ground": ground} if ground else "",
        new_due(t),
    )


TO_PERSON: Sentences = {Action.GRANT_EXTENSION: _extended, Action.ARBITRATE: _ruled}

TO_STAFF: Sentences = {
    Action.ASK_EXTENSION: lambda t: _("Asks for %(days)s more working days: %(reason)s.") % _extension(t),
    Action.GRANT_EXTENSION: _staff_extended,
    Action.REFUSE_EXTENSION: _staff_refused_extension,
    Action.WARN: _staff_warned,
    Action.RETURN: _staff_returned,
    Action.TO_ARBITER: lambda _t: _("Nobody decided in time, so it lies before the arbiter."),
    Action.ARBITRATE: _staff_ruled,
}
