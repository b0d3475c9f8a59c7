"""When a case is sent again, what is sent of it, and whether both sides say the same."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from huiyin.relays.enums import RelayState, Standing

# Waiting times between attempts; after the last one somebody has to look.
BACK_OFF = tuple(dt.timedelta(minutes=m) for m in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60))
LONGEST_DESCRIPTION = 4_000
OPEN, CLOSED, GONE = "open", "closed", "gone"


def next_attempt(attempts: int, *, now: dt.datetime) -> dt.datetime | None:
    """Moment of the attempt after the `attempts`-th failed one, or None where enough have been made."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


def standing(*, is_open_here: bool, state: str, remote_status: str) -> Standing:
    """Whether the two sides agree about the end of the work."""
    if state != RelayState.SENT or not remote_status:
        return Standing.NOT_KNOWN
    if remote_status == GONE:
        return Standing.UNKNOWN_THERE
    if is_open_here == (remote_status == OPEN):
        return Standing.AGREE
    return Standing.ENDED_THERE if is_open_here else Standing.ENDED_HERE


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What of a case goes to another system: never who raised it, nor how to reach them."""

    number: str
    text: str
    place: str
    point: tuple[float, float] | None
    service: str


def mark(number: str) -> str:
    """How our number stands in what we send: by it a case is found again that may have arrived already."""
    return f"[{number}]"


def form(facts: Facts, *, codes: Mapping[str, str], default_code: str) -> dict[str, str]:
    """The fields of a service request for these facts; without a place the mark stands for one."""
    own = mark(facts.number)
    fields = {
        "service_code": codes.get(facts.service) or default_code,
        "description": f"{facts.text[: LONGEST_DESCRIPTION - len(own) - 1]}\n{own}",
    }
    if facts.point is not None:
        fields |= {"lat": repr(facts.point[0]), "long": repr(facts.point[1])}
    if facts.place or facts.point is None:
        fields["address_string"] = facts.place or own
    return fields
