"""Cases that may be the same matter, out of any number: found by their words, in the months that count, never by walking dates."""

import datetime as dt

import pytest
from django.db import connection

from huiyin.cases.models import Case
from huiyin.cases.operations import indexing
from huiyin.cases.queries import indexing as state
from huiyin.cases.queries import similar
from huiyin.engines.text import pipeline
from huiyin.kernel import clock
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return clock.now()


def case(text, at):
    made = factories.case(text=text)
    Case.objects.filter(pk=made.pk).update(received_at=at)
    return made


def wanted(since):
    return similar.Wanted(rare=["井盖"], words=["井盖"], since=since)


def found(since):
    return {row.pk for row in similar.candidates(wanted(since))}


@pytest.mark.parametrize("is_current", [True, False])
def test_cases_since_a_day_are_found_whether_their_months_are_noted_yet_or_not(now, is_current):
    since = now - dt.timedelta(days=180)
    rows = [case(f"井盖松动{days}", now - dt.timedelta(days=days)) for days in (0, 1, 29, 100, 179, 181, 400)]
    if is_current:
        assert indexing.catch_up() == len(rows)
    assert state.is_current(state.CASES) is is_current
    assert found(since) == {row.pk for row in rows[:5]}


def test_the_months_before_are_not_even_read(now):
    """Of two cases with the word only the one whose month is asked for comes out of the index."""
    old = case("井盖松动", now - dt.timedelta(days=400))
    new = case("井盖又松动", now)
    indexing.catch_up()
    query = similar._of_months("'井盖'", now - dt.timedelta(days=180))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cases_case WHERE words @@ %s::tsquery", [query])
        assert cursor.fetchall() == [(new.pk,)]
        cursor.execute("SELECT id FROM cases_case WHERE words @@ %s::tsquery", ["'井盖'"])
        assert {pk for (pk,) in cursor.fetchall()} == {old.pk, new.pk}


def test_the_planner_takes_the_words_and_not_all_cases_of_half_a_year(now):
    for number in range(200):
        case(f"路灯{number}号坏了", now - dt.timedelta(days=400))
    values = {
        "find": "'井盖'",
        "rank": "'井盖'",
        "since": now - dt.timedelta(days=180),
        "self": 0,
        "most": 20,
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {similar._BY_WORDS}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_words" in plan
    assert "received" not in plan.replace("received_at", "")


def test_a_case_that_comes_in_has_its_month_in_the_index():
    made = factories.case(text="路灯不亮。")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT words @@ %s::tsquery FROM cases_case WHERE id = %s",
            [pipeline.mark(clock.now().astimezone(dt.UTC).strftime("%Y%m")), made.pk],
        )
        assert cursor.fetchone() == (True,)


def broken_off(now, monkeypatch):
    monkeypatch.setattr(similar, "MOST_MILLISECONDS", 50)
    monkeypatch.setattr(similar, "_BY_WORDS", "SELECT pg_sleep(30)")
    case("井盖松动", now)
    assert similar.candidates(wanted(now - dt.timedelta(days=1))) == []
    assert Case.objects.count() == 1, "what is around it goes on"
    with connection.cursor() as cursor:
        assert cursor.execute("SHOW statement_timeout").fetchone() == ("0",), "and has its own limit again"


def test_a_search_that_takes_long_is_broken_off_inside_a_transaction(now, monkeypatch):
    assert connection.in_atomic_block
    broken_off(now, monkeypatch)


@pytest.mark.django_db(transaction=True)
def test_a_search_that_takes_long_is_broken_off_outside_one(now, monkeypatch):
    assert not connection.in_atomic_block
    broken_off(now, monkeypatch)


def test_of_many_with_the_words_the_newest_are_ranked(now, monkeypatch):
    assert f"LIMIT {similar.NEWEST_WITH_WORDS})" in similar._BY_WORDS
    fewer = similar._BY_WORDS.replace(f"LIMIT {similar.NEWEST_WITH_WORDS})", "LIMIT 2)")
    monkeypatch.setattr(similar, "_BY_WORDS", fewer)
    rows = [case(f"井盖松动{days}", now - dt.timedelta(days=days)) for days in (3, 1, 2)]
    assert found(now - dt.timedelta(days=10)) == {rows[1].pk, rows[2].pk}
