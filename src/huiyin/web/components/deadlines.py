"""Deadlines in words: kind chooses icon and colour, text says it, so colour is never alone."""

import dataclasses
import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Deadline:
    kind: str  # none, later, soon, overdue, met, paused
    text: str


def words(
    due: dt.datetime | None,
    *,
    now: dt.datetime,
    met: dt.datetime | None = None,
    paused: bool = False,
    working_days: int | None = None,
) -> Deadline:
    """Say where a clock stands.

    `met` is when it was fulfilled; `working_days` the working days left, counted by the unit's calendar (without it
    calendar days are named). All moments are aware.
    """
    if due is None:
        return Deadline("none", _("no deadline"))
    if met is not None:
        return Deadline("met", _("in time")) if met <= due else Deadline("overdue", _late(met - due))
    if paused:
        return Deadline("paused", _("paused"))
    if due < now:
        return Deadline("overdue", _overdue(now - due))
    return _ahead(due, now, working_days)


def _ahead(due: dt.datetime, now: dt.datetime, working_days: int | None) -> Deadline:
    local = timezone.localtime(due)
    days = (local.date() - timezone.localtime(now).date()).days
    if days == 0:
        return Deadline("soon", _("today %(time)s") % {"time": f"{local:%H:%M}"})
    if days == 1:
        return Deadline("soon", _("tomorrow %(time)s") % {"time": f"{local:%H:%M}"})
    if working_days is not None:
        text = npgettext("time left", "%(count)d working day", "%(count)d working days", working_days)
        return Deadline("soon" if working_days <= 1 else "later", text % {"count": working_days})
    text = npgettext("time left", "%(count)d day", "%(count)d days", days)
    return Deadline("later", text % {"count": days})


def _overdue(by: dt.timedelta) -> str:
    if by < HOUR:
        minutes = max(1, by // MINUTE)
        return ngettext("overdue %(count)d minute", "overdue %(count)d minutes", minutes) % {"count": minutes}
    if by < DAY:
        hours = by // HOUR
        return ngettext("overdue %(count)d hour", "overdue %(count)d hours", hours) % {"count": hours}
    days = by // DAY
    return ngettext("overdue %(count)d day", "overdue %(count)d days", days) % {"count": days}


def _late(by: dt.timedelta) -> str:
    if by < DAY:
        hours = max(1, by // HOUR)
        return ngettext("%(count)d hour late", "%(count)d hours late", hours) % {"count": hours}
    days = by // DAY
    return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
