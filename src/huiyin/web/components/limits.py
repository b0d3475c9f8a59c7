"""Limits of time in words: “7 working days”, “2 hours”."""

from typing import Any

from django.utils.translation import ngettext

from huiyin.engines import worktime


def words(written: Any) -> str:
    """A limit such as "7d working" in words; what is no limit comes back as it is."""
    try:
        limit = worktime.Limit.parse(str(written))
    except worktime.LimitError:
        return str(written)
    count = limit.amount
    texts = {
        (worktime.Unit.DAYS, worktime.Kind.WORKING): ngettext(
            "%(count)d working day", "%(count)d working days", count
        ),
        (worktime.Unit.HOURS, worktime.Kind.WORKING): ngettext(
            "%(count)d working hour", "%(count)d working hours", count
        ),
        (worktime.Unit.MINUTES, worktime.Kind.WORKING): ngettext(
            "%(count)d working minute", "%(count)d working minutes", count
        ),
        (worktime.Unit.DAYS, worktime.Kind.CLOCK): ngettext("%(count)d day", "%(count)d days", count),
        (worktime.Unit.HOURS, worktime.Kind.CLOCK): ngettext("%(count)d hour", "%(count)d hours", count),
        (worktime.Unit.MINUTES, worktime.Kind.CLOCK): ngettext(
            "%(count)d minute", "%(count)d minutes", count
        ),
    }
    return texts[limit.unit, limit.kind] % {"count": count}
