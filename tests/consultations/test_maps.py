"""The live map: the same as from scratch, from any process, and never more than may be seen."""

import datetime as dt
import json
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.consultations.enums import Results
from huiyin.consultations.models import OpinionMap
from huiyin.consultations.operations import maps, moderation, taking_part
from huiyin.consultations.queries import maps as reading
from huiyin.consultations.queries import matrix, statements, turns
from huiyin.kernel import clock
from huiyin.kernel.errors import Denied
from tests.factories import consulting

pytestmark = pytest.mark.django_db
MANY = tuple(f"第{number}条建议。" for number in range(12))


def forget() -> None:
    """Be a process that has refreshed nothing yet."""
    maps._keepers.clear()
    maps._asked_until.clear()


@pytest.fixture(autouse=True)
def _no_memory():
    forget()
    yield
    forget()


def test_two_camps_are_found_and_what_they_share():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row)
    assert maps.refresh(row.pk)
    picture = reading.map_of(row)
    assert sorted(group.size for group in picture.groups) == [15, 15]
    assert picture.participants == 30
    assert [line.statement.number for line in picture.agreed] == [11]
    assert {line.statement.number for line in picture.dividing} <= set(range(11))
    assert len(picture.points) == 30
    assert 0 < picture.coverage <= 1


def test_a_vote_is_answered_with_the_last_axes_at_once():
    row = consulting.opened(seeds=MANY)
    me = consulting.somebody("camp-1")
    assert reading.place_of(row, me) is None
    consulting.planted(row)
    maps.refresh(row.pk)
    x, y, group = reading.place_of(row, me)
    other = reading.place_of(row, consulting.somebody("camp-2"))
    assert group != other[2]
    assert (x, y) != other[:2]


def test_any_process_goes_on_from_what_is_in_the_database():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row, people=20)
    maps.refresh(row.pk)
    before = json.dumps(OpinionMap.objects.get(consultation=row).state)
    consulting.planted(row, people=26, seed=2)
    maps._keepers.clear()  # as if another machine did it
    maps.refresh(row.pk)
    cold = OpinionMap.objects.get(consultation=row)
    assert json.dumps(cold.state) != before
    OpinionMap.objects.filter(pk=cold.pk).update(state=json.loads(before))
    forget()
    maps.refresh(row.pk)
    again = OpinionMap.objects.get(consultation=row)
    assert again.result["groups"] == cold.result["groups"]


def test_a_refresh_in_memory_counts_as_one_from_scratch():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row, people=24)
    maps.refresh(row.pk)
    consulting.planted(row, people=30, seed=5)
    one = row.statements.get(number=3)
    taking_part.undo(row.pk, proof=consulting.somebody("camp-1"))
    taking_part.vote(row.pk, statement_id=one.pk, value=0, proof=consulting.somebody("camp-3"))
    maps.refresh(row.pk)
    warm = OpinionMap.objects.get(consultation=row).result
    forget()
    maps.refresh(row.pk)
    cold = OpinionMap.objects.get(consultation=row).result
    for name in ("statements", "participants", "consensus"):
        got = [
            {k: v for k, v in one.items() if k in {"agrees", "disagrees", "seen"}}
            for one in warm["statements"]
        ]
        want = [
            {k: v for k, v in one.items() if k in {"agrees", "disagrees", "seen"}}
            for one in cold["statements"]
        ]
        assert got == want, name
    assert warm["votes"]["counted"] == cold["votes"]["counted"]


def test_a_vote_taken_back_does_not_make_the_next_refresh_read_all_votes_again(monkeypatch):
    row = consulting.opened(seeds=MANY)
    consulting.planted(row, people=20)
    maps.refresh(row.pk)
    before = OpinionMap.objects.get(consultation=row).result["votes"]["counted"]
    monkeypatch.setattr(matrix, "by_row_id", lambda _row: pytest.fail("all votes were read again"))
    me = consulting.somebody("camp-1")
    for back in (1, 2):
        taking_part.undo(row.pk, proof=me)
        maps.refresh(row.pk)
        assert OpinionMap.objects.get(consultation=row).result["votes"]["counted"] == before - back
    for _left in statements.votes_of(row, me):
        taking_part.undo(row.pk, proof=me)
    maps.refresh(row.pk)
    assert OpinionMap.objects.get(consultation=row).result["participants"] == 19
    assert reading.place_of(row, me) is None


def test_a_vote_that_comes_late_into_the_database_is_not_lost():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row, people=16)
    with clock.turned_to(clock.now() + dt.timedelta(seconds=60)):
        maps.refresh(row.pk)
        late = OpinionMap.objects.get(consultation=row).last_vote
        taking_part.vote(
            row.pk, statement_id=row.statements.first().pk, value=1, proof=consulting.somebody("late")
        )
        maps.refresh(row.pk)
        stored = OpinionMap.objects.get(consultation=row)
    assert stored.last_vote == late, "a vote of this second may still be followed by one with a smaller id"
    assert stored.result["participants"] == 17


def test_votes_are_read_also_while_queries_are_recorded():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row)
    with CaptureQueriesContext(connection):
        recorded = matrix.ranked(row)
    assert len(recorded.value) == len(matrix.ranked(row).value) > 0


def test_removed_statements_move_no_map_and_are_not_listed():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row)
    moderation.remove(row.statements.get(number=11).pk, reason="off_topic", actor="system")
    maps.refresh(row.pk)
    picture = reading.map_of(row)
    assert 11 not in {line.statement.number for line in picture.lines}
    assert picture.agreed == []
    assert matrix.removed(row) == {11}


@pytest.mark.parametrize("people", [0, 1, 2, 4])
def test_few_people_get_a_sensible_map_and_are_not_shown(people):
    row = consulting.opened(seeds=MANY[:1] if people == 1 else MANY)
    for number in range(people):
        for one in row.statements.all():
            taking_part.vote(row.pk, statement_id=one.pk, value=1, proof=consulting.somebody(number))
    maps.refresh(row.pk)
    picture = reading.map_of(row)
    assert picture.participants == people
    assert picture.points == []
    assert all(line.all.seen in (None, 0) for line in picture.lines)
    assert all(group.size is None for group in picture.groups)
    final = consulting.closed(row)
    assert reading.map_of(final).is_final


def test_everybody_agrees_on_everything():
    row = consulting.opened(seeds=MANY)
    for number in range(20):
        for one in row.statements.all():
            taking_part.vote(row.pk, statement_id=one.pk, value=1, proof=consulting.somebody(number))
    maps.refresh(row.pk)
    picture = reading.map_of(row)
    assert len(picture.groups) == 1
    assert len(picture.agreed) == 5
    assert picture.dividing == []


def test_places_are_moved_always_by_the_same_little_bit():
    row = consulting.opened(seeds=MANY)
    consulting.planted(row)
    maps.refresh(row.pk)
    first = reading.map_of(row).points
    forget()
    maps.refresh(row.pk)
    assert reading.map_of(row).points == first
    exact = reading.place_of(row, consulting.somebody("camp-1"))[:2]
    assert all(abs(x - exact[0]) + abs(y - exact[1]) > 1e-9 for x, y, _group in first)


def test_hidden_results_are_hidden_from_every_query():
    row = consulting.opened(seeds=MANY, results=Results.AFTER_CLOSE)
    consulting.planted(row)
    maps.refresh(row.pk)
    for query in (
        lambda: reading.map_of(row),
        lambda: reading.result_of(row),
        lambda: reading.consensus_numbers(row),
        lambda: reading.place_of(row, consulting.somebody("camp-1")),
    ):
        with pytest.raises(Denied, match="hidden"):
            query()
    assert turns.next_statement(row, consulting.somebody("new")).statement is not None
    assert reading.map_of(consulting.closed(row)).participants == 30


def test_a_process_that_knows_that_a_refresh_is_asked_for_asks_again_once_it_may_have_begun(monkeypatch):
    row = consulting.opened()
    maps.refresh(row.pk)
    assert maps.ask_refresh(row.pk)
    assert maps.is_asked(row.pk)
    start = time.monotonic()
    with CaptureQueriesContext(connection) as captured:
        assert maps.is_asked(row.pk)
    assert not captured, "it has just read so"
    # The worker of another machine begins: it forgets what was asked for, then reads the votes.
    OpinionMap.objects.filter(consultation=row).update(asked_at=None)
    for passed, known in ((0.4, True), (0.81, False), (1.2, False)):
        monkeypatch.setattr(maps.time, "monotonic", lambda passed=passed: start + passed)
        assert maps.is_asked(row.pk) is known, passed
