"""Which cases the clock has to touch."""

import datetime as dt

from huiyin.cases.enums import State
from huiyin.cases.models import Case, Pause
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

AT_ONCE = 5_000


def expired_pauses() -> list[int]:
    """Ids of cases whose question was not answered in the set time."""
    rows = Pause.objects.filter(
        ended_at__isnull=True, until__lte=clock.now(), case__state=State.AWAITING_PERSON
    )
    return list(rows.order_by("until").values_list("case_id", flat=True)[:AT_ONCE])


def silent_answers() -> list[int]:
    """Ids of answered cases whose time for a verdict is over."""
    days = int(organisations.setting(SettingKey.CLOSE_AFTER_SILENCE_DAYS))
    limit = clock.now() - dt.timedelta(days=days)
    rows = Case.objects.filter(state=State.ANSWERED, answered_at__lte=limit)
    return list(rows.order_by("answered_at").values_list("pk", flat=True)[:AT_ONCE])
