"""What one attempt means for a callback. Values in, decisions out."""

import datetime as dt
from dataclasses import dataclass

from huiyin.aftercare.enums import Call, CallbackState

ENDS = {
    Call.REACHED: CallbackState.REACHED,
    Call.REFUSED: CallbackState.REFUSED,
    Call.WRONG_NUMBER: CallbackState.WRONG_NUMBER,
}


@dataclass(frozen=True)
class Next:
    """The state of a callback after an attempt, and the moment before which nobody tries again."""

    state: CallbackState
    not_before: dt.datetime | None = None


def after(call: Call, *, attempts: int, most: int, now: dt.datetime, wait: dt.timedelta) -> Next:
    """What follows from the `attempts`-th attempt, of at most `most`, with `wait` between two of them."""
    if call in ENDS:
        return Next(ENDS[call])
    if attempts >= most:
        return Next(CallbackState.NOT_REACHED)
    return Next(CallbackState.WAITING, now + wait)
