"""Keeping the map of a consultation up to date, one refresh at a time, and computing the final one.

Everything that a refresh needs is in the database. A process that did the last refresh also has the votes in memory and
saves itself reading them again; any other one begins by reading them.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import OrderedDict
from typing import Any

import numpy as np
from django.db import connection, transaction

from huiyin.consultations.enums import State
from huiyin.consultations.models import Consultation, OpinionMap
from huiyin.consultations.queries import matrix
from huiyin.consultations.queries.maps import points_of
from huiyin.engines.opinion import contrasts, describing, live, mapping
from huiyin.engines.opinion.votes import BadVotesError
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict

PACE = dt.timedelta(seconds=1)
# After so long no vote with a smaller id can still be on its way into the database.
SETTLED = dt.timedelta(seconds=5)
ASKED_TOO_LONG_AGO = dt.timedelta(seconds=60)
_REMEMBERED = 3
# Five more maps are computed to tell how stable the final one is; for more people than this it would take too long.
MOST_FOR_STABILITY = 50_000


class _Keeper:
    """The votes of one consultation in memory, as this process last left them."""

    def __init__(self, consultation: Consultation, row: OpinionMap) -> None:
        state = live.LiveState.from_json(row.state) if row.state else live.EMPTY
        self.map = live.LiveMap(matrix.by_row_id(consultation), state=state, seed=consultation.seed)
        self.refreshed_at = row.refreshed_at
        self.taken: set[int] = set()

    def fits(self, row: OpinionMap) -> bool:
        """Whether nobody else refreshed the map in between."""
        return self.refreshed_at == row.refreshed_at

    def take(self, rows: list[matrix.Row]) -> None:
        """Take what is new. A vote that came late into the database does not undo one that was written after it."""
        fresh = {(row.participant, row.statement) for row in rows if row.pk not in self.taken}
        last = {(row.participant, row.statement): row.value for row in rows}
        self.map.take((*pair, value) for pair, value in last.items() if pair in fresh)
        self.taken = {row.pk for row in rows}


_keepers: OrderedDict[int, _Keeper] = OrderedDict()


# Until when (by the monotonic clock) it is known that a refresh is asked for and has not begun.
_asked_until: dict[int, float] = {}
# A refresh begins by the clock of another machine; if that one is further ahead, `lists.with_news` mends it.
_CLOCKS_DIFFER = dt.timedelta(seconds=0.2)


def is_asked(pk: int) -> bool:
    """Whether somebody asked already for the refresh that will take in all votes that are written down now."""
    if time.monotonic() < _asked_until.get(pk, 0.0):
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT asked_at IS NOT NULL, refreshed_at, clock_timestamp()
               FROM consultations_opinionmap WHERE consultation_id = %s""",
            [pk],
        )
        is_waiting, refreshed_at, at = cursor.fetchone() or (False, None, None)
    note(pk, is_asked=is_waiting, refreshed_at=refreshed_at, at=at)
    return is_waiting


def note(pk: int, *, is_asked: bool | None, refreshed_at: dt.datetime | None, at: dt.datetime | None) -> None:
    """Remember in this process that a refresh is asked for, as long as it surely has not begun (`at` is now)."""
    if is_asked and refreshed_at is not None and at is not None:
        _asked_until[pk] = time.monotonic() + (refreshed_at + PACE - _CLOCKS_DIFFER - at).total_seconds()


def ask_refresh(pk: int) -> bool:
    """Note that the map is out of date; True for the one caller who must now set a job going. Call it after commit."""
    waiting = OpinionMap.objects.filter(consultation_id=pk, is_final=False)
    return bool(waiting.filter(asked_at=None).update(asked_at=clock.now()))


def forget_lost_requests() -> int:
    """Let a refresh be asked for again where one was asked for long ago and never done."""
    lost = OpinionMap.objects.filter(is_final=False, asked_at__lt=clock.now() - ASKED_TOO_LONG_AGO)
    return lost.update(asked_at=None)


def wait_until_due(pk: int) -> float:
    """Seconds until the next refresh of this map may be done."""
    last = OpinionMap.objects.filter(consultation_id=pk).values_list("refreshed_at", flat=True).first()
    return 0.0 if last is None else max(0.0, (last + PACE - clock.now()).total_seconds())


def refresh(pk: int) -> bool:
    """Bring the map of an open consultation up to date; False where there was nothing to do.

    Only one process may do so at a time for a consultation: a lock of the job sees to it. If it dies, the next refresh
    goes on from the last one.
    """
    OpinionMap.objects.filter(consultation_id=pk).update(asked_at=None)
    _asked_until.pop(pk, None)
    consultation = Consultation.objects.filter(pk=pk, state=State.OPEN).first()
    row = OpinionMap.objects.filter(consultation_id=pk, is_final=False).first()
    if consultation is None or row is None:
        _keepers.pop(pk, None)
        return False
    now = clock.now()
    rows = matrix.newer(consultation, after=row.last_vote, settled_before=now - SETTLED)
    keeper = _keepers.get(pk)
    if keeper is None or not keeper.fits(row):
        keeper = _Keeper(consultation, row)
        keeper.taken = {one.pk for one in rows}
    keeper.take(rows)
    found = keeper.map.refresh(zeroed=matrix.removed(consultation), meta=matrix.meta(consultation))
    settled = max((one.pk for one in rows if one.is_settled), default=row.last_vote)
    row.state, row.last_vote, row.refreshed_at = keeper.map.state.as_json(), settled, now
    _store(row, consultation, found)
    keeper.refreshed_at = now
    _keepers[pk] = keeper
    _keepers.move_to_end(pk)
    while len(_keepers) > _REMEMBERED:
        _keepers.popitem(last=False)
    return True


def compute_final(consultation: Consultation) -> OpinionMap:
    """Compute the map from scratch, with participants numbered as in an export; in the transaction that closes.

    What is stored is what anybody gets who puts the exported files through `huiyin opinion_map`.
    """
    votes = matrix.by_rank(consultation)
    names = votes.statements.tolist()
    try:
        found = mapping.compute(
            votes,
            zeroed=np.array([name in matrix.removed(consultation) for name in names], dtype=bool),
            meta=np.array([name in matrix.meta(consultation) for name in names], dtype=bool),
            seed=consultation.seed,
        )
    except BadVotesError as error:
        raise Conflict(str(error)) from error
    row, _new = OpinionMap.objects.get_or_create(consultation=consultation)
    row.state, row.is_final, row.asked_at, row.refreshed_at = None, True, None, clock.now()
    _store(row, consultation, found)
    _keepers.pop(consultation.pk, None)
    return row


@transaction.atomic
def _store(row: OpinionMap, consultation: Consultation, found: mapping.OpinionMap) -> None:
    row.result = _described(found, consultation, is_final=row.is_final)
    row.points = points_of(found, salt=consultation.code_salt)
    row.save(
        update_fields=["state", "result", "points", "last_vote", "refreshed_at", "is_final"]
        + ["asked_at"] * row.is_final
    )


def _described(found: mapping.OpinionMap, consultation: Consultation, *, is_final: bool) -> dict[str, Any]:
    result = describing.describe(found, comments=None, seed=consultation.seed, asked=None)
    result["seconds"] = {name: round(value, 4) for name, value in found.seconds.items()}
    if is_final and found.votes.shape[0] <= MOST_FOR_STABILITY:
        result["stability"] = contrasts.trust(found, seed=consultation.seed).stability
    return result
