"""The desk of the demonstration city calls people back; the newest answers are left for whoever tries it."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from typing import TYPE_CHECKING

from huiyin.aftercare.enums import Call
from huiyin.aftercare.operations import calling
from huiyin.aftercare.queries import calling as queries
from huiyin.feedback.enums import Reason, Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huiyin.accounts.models import User
    from huiyin.aftercare.models import Callback

LEFT_FOR_LATER = dt.timedelta(days=4)
SAID = ["谢谢，第二天就好了。", "处理得挺快，就是没提前通知。", "人来过了，可晚上又坏了。"]


def play(operators: Sequence[User], *, chance: random.Random, end: dt.datetime) -> None:
    """Open the callbacks of all answers and make the older ones."""
    while calling.open_due():
        pass
    for caller in operators[:1]:
        for row in list(queries.queue(caller).filter(due_at__lt=end - LEFT_FOR_LATER)):
            # Somebody gave the verdict meanwhile, or the officer takes calls as well.
            with contextlib.suppress(Refusal):
                _call(row, chance.choice(operators), chance)


def _call(row: Callback, caller: User, chance: random.Random) -> None:
    ends = [Call.REACHED, Call.NOT_REACHED, Call.REFUSED, Call.WRONG_NUMBER]
    call = chance.choices(ends, [66, 24, 6, 4])[0]
    attempts = 3 if call is Call.NOT_REACHED else 1
    for attempt in range(attempts):
        with clock.turned_to(row.due_at - dt.timedelta(hours=3) + dt.timedelta(hours=5 * attempt)):
            calling.take(row.pk, user=caller)
            calling.record(
                row.pk, user=caller, call=call, given=_given(chance) if call is Call.REACHED else None
            )


def _given(chance: random.Random) -> Given:
    good = chance.random() < 0.7
    return Given(
        contacted=chance.random() < 0.9,
        solved=Solved.YES if good else chance.choice([Solved.PARTLY, Solved.NO, Solved.NOT_NEEDED]),
        satisfaction=chance.choice([4, 5]) if good else chance.choice([1, 2, 3]),
        reasons=[Reason.QUICK] if good else [Reason.TOO_SLOW],
        text=chance.choice(SAID) if chance.random() < 0.3 else "",
    )
