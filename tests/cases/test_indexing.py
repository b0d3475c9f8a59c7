"""The index of words is written anew when its rules change, while searching goes on."""

import pytest
from django.db import connection

from huiyin.accounts.enums import Role
from huiyin.cases.logic import indexing as rules
from huiyin.cases.models import Case, WordIndex
from huiyin.cases.operations import indexing
from huiyin.cases.queries import indexing as state
from huiyin.cases.queries import searching
from huiyin.engines.text import pipeline
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(monkeypatch):
    """Three cases whose entries older rules wrote, and small batches."""
    made = [factories.case(text=f"路灯{number}号坏了") for number in range(3)]
    Case.objects.update(words="'old':1")
    monkeypatch.setattr(indexing, "BATCH", 2)
    return made


def found(text):
    user = factories.user((Role.DISPATCHER, None))
    return len(searching.find(user, searching.Asked(text=text)).rows)


def test_all_entries_are_written_anew_and_then_it_is_quiet(old):
    assert found("路灯") == 0
    assert not state.is_current(state.CASES)
    assert indexing.catch_up() == 3
    assert found("路灯") == 3
    assert WordIndex.objects.get(kind=state.CASES).version == rules.INDEX_VERSION
    assert indexing.catch_up() == 0


def test_it_goes_on_where_it_stopped(old):
    assert indexing.catch_up(seconds=-1) == 0
    indexing._batch(state.CASES, indexing.KINDS[state.CASES])
    assert found("路灯") == 2
    assert not state.is_current(state.CASES)
    assert indexing.catch_up() == 1


def test_new_rules_in_the_middle_begin_again(old, monkeypatch):
    indexing._batch(state.CASES, indexing.KINDS[state.CASES])
    monkeypatch.setattr(rules, "INDEX_VERSION", "next")
    assert indexing.catch_up() == 3
    assert WordIndex.objects.get(kind=state.CASES).version == "next"


def test_what_was_erased_stays_erased(old):
    Case.objects.filter(pk=old[0].pk).update(words=None)
    indexing.catch_up()
    assert Case.objects.get(pk=old[0].pk).words is None


@pytest.mark.parametrize("text", ["路灯坏了", "Straßenlaterne kaputt, seit 3 Tagen", "路灯" * 1_500])
def test_every_case_has_the_mark_of_its_month(text):
    case = factories.case(text=text)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT words @@ %s::tsquery FROM cases_case", [pipeline.mark(rules.month(case.received_at))]
        )
        assert cursor.fetchone() == (True,)


def test_an_empty_index_follows_the_present_rules_and_one_with_old_entries_does_not(db):
    indexing.begin()
    assert state.is_current(state.CASES)
    WordIndex.objects.update(version="old")
    factories.case()
    state.forget(state.CASES)
    indexing.begin()
    assert not state.is_current(state.CASES)


@pytest.mark.parametrize("kind", indexing.KINDS.values(), ids=indexing.KINDS)
def test_words_are_stored_without_trying_to_shrink_them(kind):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'words'",
            [kind.model._meta.db_table],
        )
        assert cursor.fetchall() == [("e",)]


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        ("'a':1 '~202601'", True),
        ("'b':1 '~202602'", True),
        ("'a':1 '~202512'", False),
        ("'c':1 '~202601'", False),
    ],
)
def test_a_query_of_months_is_for_these_alone_whatever_joins_its_words(entry, fits):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::tsvector @@ %s::tsquery", [entry, rules.of_months("'a' | 'b'", ["202601", "202602"])]
        )
        assert cursor.fetchall() == [(fits,)]
