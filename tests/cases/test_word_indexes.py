"""A first import leaves the indexes of words out and builds them at its end, whatever comes between."""

import pytest
from django.db import connection

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case
from huiyin.cases.operations import indexing, word_indexes
from huiyin.cases.queries import searching
from huiyin.usecases import jobs
from tests import factories
from tests.factories import database

pytestmark = pytest.mark.django_db


def definitions():
    """The indexes of words of cases, as PostgreSQL writes them down."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'cases_case' AND indexdef LIKE '%USING gin%'"
        )
        return dict(cursor.fetchall())


def come_in():
    """A case, with its foreign keys looked up as at a commit: with checks to come, an index cannot be built."""
    factories.case(text="路灯坏了")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def broken_off():
    """What a killed import leaves behind: no indexes, and cases."""
    with pytest.raises(KeyboardInterrupt), word_indexes.built_afterwards():
        come_in()
        raise KeyboardInterrupt


@pytest.fixture
def before():
    found = definitions()
    assert set(found) == {"case_words", "case_open_words"}
    return found


def test_a_first_import_leaves_them_out_and_builds_the_same_again(before):
    with word_indexes.built_afterwards():
        assert definitions() == {}
        come_in()
    assert definitions() == before
    user = factories.user((Role.DISPATCHER, None))
    assert len(searching.find(user, searching.Asked(text="路灯")).rows) == 1


def test_where_there_are_cases_nothing_is_left_out(before):
    factories.case()
    with word_indexes.built_afterwards():
        assert definitions() == before


def test_an_older_postgresql_builds_as_words_come_in(before, monkeypatch):
    monkeypatch.setattr(word_indexes, "SORTED_IN_PARALLEL", connection.pg_version + 1)
    with word_indexes.built_afterwards():
        assert definitions() == before


def test_what_a_broken_off_import_left_out_is_built_by_the_job(before):
    broken_off()
    assert definitions() == {}
    jobs.keep_index(0)
    assert definitions() == before


def test_what_a_broken_off_import_left_out_is_built_by_the_next_one(before):
    broken_off()
    with word_indexes.built_afterwards():
        assert definitions() == {}
    assert definitions() == before


def test_one_that_is_there_is_left_alone(before):
    broken_off()
    with connection.schema_editor() as editor:
        editor.add_index(Case, word_indexes.missing()[1])
    assert [index.name for index in word_indexes.missing()] == ["case_words"]
    word_indexes.build_missing()
    assert definitions() == before


def test_the_waiting_list_of_an_index_that_is_not_there_does_not_stop_an_import(before):
    broken_off()
    indexing.settle()


@pytest.fixture
def another_import():
    """Another session that holds what an import under way holds."""
    with database.somebody_else() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [word_indexes._LOCK])
        yield other


def test_the_job_does_not_build_while_an_import_runs_that_will(before, another_import):
    with word_indexes.built_afterwards():
        assert definitions() == before
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX case_words")
    word_indexes.build_missing()
    assert set(definitions()) == {"case_open_words"}
    another_import.execute("SELECT pg_advisory_unlock(%s)", [word_indexes._LOCK])
    word_indexes.build_missing()
    assert definitions() == before


def test_whoever_reads_cases_for_long_is_not_waited_for(before, monkeypatch):
    monkeypatch.setattr(word_indexes, "WAITED", "100ms")
    with database.somebody_else() as other, other.transaction():
        other.execute("LOCK TABLE cases_case IN ACCESS SHARE MODE")
        with word_indexes.built_afterwards():
            assert definitions() == before


def test_an_import_lets_go_of_its_right_also_after_an_error(before):
    broken_off()
    with database.somebody_else() as other:
        held = other.execute("SELECT pg_try_advisory_lock(%s)", [word_indexes._LOCK]).fetchone()
    assert held == (True,)
