"""Sentences about what units do among each other: more time, warnings. Two voices, as in `sentences`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huiyin.cases.enums import Action, ExtensionReason, Level, ReturnReason
from huiyin.web.components import dates, punctuation
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


def _numbers(t: Telling) -> str:
    found = t.fact("numbers")
    return punctuation.listing(str(number) for number in found) if isinstance(found, list) else ""


def _merged(_t: Telling) -> str:
    return _(
        "It is handled together with another case about the same matter. You get the same answer, and you judge it by "
        "yourself. What you write here is read there."
    )


def _gathered(t: Telling) -> str:
    return joined(_("Others told us the same. Their cases are handled together with yours."), _moved(t))


def _moved(t: Telling) -> str:
    after = t.moment("due_after")
    if not after or t.fact("due_after") == t.fact("due_before"):
        return ""
    return _("The answer is now due by %(date)s.") % {"date": after}


def _staff_gathered(t: Telling) -> str:
    what = _("Merged into it: %(numbers)s.") % {"numbers": _numbers(t)}
    return joined(what, _moved(t))


def _staff_separated(t: Telling) -> str:
    return joined(_("No longer merged into it: %(numbers)s.") % {"numbers": _numbers(t)}, _moved(t))


def _split(t: Telling) -> str:
    unit = t.unit_named(t.fact("unit"))
    if not unit:
        return _("A part of it has a number of its own now: %(numbers)s.") % {"numbers": _numbers(t)}
    return _(
        "A part of it went to %(unit)s and has a number of its own: %(numbers)s. Your code opens it too."
    ) % {
        "unit": unit,
        "numbers": _numbers(t),
    }


def _unit(t: Telling) -> dict[str, str]:
    return {"unit": t.unit_named(t.fact("unit")), "date": t.moment("due") or t.moment("at")}


def _said(t: Telling, what: str) -> str:
    reason = str(t.fact("reason") or "")
    return joined(what, _("Reason: %(reason)s") % {"reason": reason} if reason else "")


def _redone(t: Telling) -> str:
    text = _(
        "A supervisor had it taken up again. The new date is %(date)s; the first promise stays on record."
    )
    return text % _unit(t)


def _summoned(t: Telling) -> str:
    units = t.fact("units")
    names = [t.unit_named(pk) for pk in units] if isinstance(units, list) else []
    return _("Called %(units)s to a place, %(date)s.") % {
        "units": punctuation.listing(names),
        "date": t.moment("at"),
    }


def _named(t: Telling) -> str:
    if not t.fact("unit"):
        return _("The person complains about no unit.")
    return _("The person complains about %(unit)s, which does not learn who it is.") % _unit(t)


def _held(t: Telling) -> str:
    day = dates.day_words(dt.date.fromisoformat(str(t.fact("until"))), this_year=0)
    return _said(t, _("Under a legal hold until %(date)s: nothing of it is erased.") % {"date": day})


JOINT: Sentences = {
    Action.HOLD: _held,
    Action.LIFT_HOLD: lambda t: _said(t, _("Lifted the legal hold.")),
    Action.END_HOLD: lambda _t: _("The legal hold ended with its day."),
    Action.ADD_TASK: lambda t: _("Asked %(unit)s for a contribution by %(date)s.") % _unit(t),
    Action.CONTRIBUTE: lambda t: _("%(unit)s contributed.") % _unit(t),
    Action.CANCEL_TASK: lambda t: _("%(unit)s is asked no longer.") % _unit(t),
    Action.SUMMON: _summoned,
    Action.ARRIVE: lambda t: (
        (_("%(unit)s arrived late.") if t.fact("late") else _("%(unit)s arrived.")) % _unit(t)
    ),
    Action.URGE: lambda t: _said(t, _("Urged the unit.")),
    Action.ESCALATE: lambda t: _said(t, _("Put before the supervisors.")),
    Action.TAKE_OVER: lambda t: _said(t, _("Given to %(unit)s at once.") % _unit(t)),
    Action.REDO: lambda t: _said(t, _("Ordered a redo. New deadline: %(date)s.") % _unit(t)),
    Action.NAME_UNIT: _named,
    Action.MAKE_CONFIDENTIAL: lambda _t: _("Made confidential."),
    Action.END_CONFIDENTIAL: lambda _t: _("No longer confidential."),
    Action.DECLARE_CONFLICT: lambda _t: _("Declared a conflict of interest and no longer sees the case."),
}

TO_PERSON: Sentences = {
    Action.GRANT_EXTENSION: _extended,
    Action.ARBITRATE: _ruled,
    Action.MERGE: _merged,
    Action.GATHER: _gathered,
    Action.UNMERGE: lambda _t: _("It is handled by itself again."),
    Action.SPLIT: _split,
    Action.TAKE_OVER: lambda t: (
        _("It was given to %(unit)s, which answers you. Your dates stay as promised.")
        % {"unit": t.unit_named(t.fact("unit"))}
    ),
    Action.REDO: _redone,
}

TO_STAFF: Sentences = {
    Action.ASK_EXTENSION: lambda t: _("Asks for %(days)s more working days: %(reason)s.") % _extension(t),
    Action.GRANT_EXTENSION: _staff_extended,
    Action.REFUSE_EXTENSION: _staff_refused_extension,
    Action.WARN: _staff_warned,
    **JOINT,
    Action.RETURN: _staff_returned,
    Action.MERGE: lambda t: joined(
        _("Merged into case %(number)s.") % {"number": t.fact("number")}, new_due(t)
    ),
    Action.GATHER: _staff_gathered,
    Action.UNMERGE: lambda _t: _("No longer merged; it has its own state and dates again."),
    Action.SEPARATE: _staff_separated,
    Action.MERGED_WRITES: lambda t: _("The person of case %(numbers)s wrote.") % {"numbers": _numbers(t)},
    Action.SPLIT: lambda t: _("Split off a part: %(numbers)s.") % {"numbers": _numbers(t)},
    Action.LINK: lambda t: _("Linked with case %(numbers)s.") % {"numbers": _numbers(t)},
    Action.UNLINK: lambda t: _("No longer linked with case %(numbers)s.") % {"numbers": _numbers(t)},
    Action.TO_ARBITER: lambda _t: _("Nobody decided in time, so it lies before the arbiter."),
    Action.ARBITRATE: _staff_ruled,
}
