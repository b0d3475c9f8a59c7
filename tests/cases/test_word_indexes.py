"""A first import leaves the indexes of words out and builds them at its end, whatever comes between."""

import pytest
from django.db import connection
from structlog.testing import capture_logs

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case
from huiyin.cases.operations import indexing, word_indexes
from huiyin.cases.queries import indexing as state
from huiyin.cases.queries import searching
from huiyin.cases.searchers import PostgresSearch
from huiyin.triage.operations import proposing
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
    factories.case(text="路灯坏了", version=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def broken_off():
    """What a killed import leaves behind: no indexes, and cases."""
    with pytest.raises(KeyboardInterrupt), word_indexes.built_afterwards():
        come_in()
        raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _any_postgresql(monkeypatch):
    """Leaving out and building are right on every version, if not quicker."""
    monkeypatch.setattr(word_indexes, "SORTED_IN_PARALLEL", 0)


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
    assert state.left_out() == ["case_words", "case_open_words"]
    jobs.build_words(0)
    assert state.left_out() == []
    assert definitions() == before


def test_what_a_broken_off_import_left_out_is_built_by_the_next_one(before):
    broken_off()
    with word_indexes.built_afterwards():
        assert definitions() == {}
    assert definitions() == before


def test_one_that_somebody_built_already_is_left_alone(before):
    broken_off()
    with connection.schema_editor() as editor:
        editor.add_index(Case, next(index for index in Case._meta.indexes if index.name == "case_open_words"))
    word_indexes.build_missing()
    assert definitions() == before


def test_one_that_no_import_left_out_is_the_business_of_migrations(before):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX case_words")
    word_indexes.build_missing()
    assert set(definitions()) == {"case_open_words"}


def test_an_import_stays_done_where_building_fails(before, monkeypatch):
    monkeypatch.setattr(word_indexes, "SETTINGS", "SELECT 1 / 0")
    with capture_logs() as logs, word_indexes.built_afterwards():
        come_in()
    assert logs == [{"event": "word_indexes.not_built", "error": "DataError", "log_level": "warning"}]
    monkeypatch.undo()
    assert definitions() == {}
    word_indexes.build_missing()
    assert definitions() == before


@pytest.fixture
def really_left_out(before):
    """Committed, so that others may lock the table."""
    with pytest.raises(KeyboardInterrupt), word_indexes.built_afterwards():
        raise KeyboardInterrupt
    yield
    word_indexes.build_missing()


@pytest.mark.django_db(transaction=True)
def test_building_does_not_make_everybody_wait_for_a_long_write(before, really_left_out, monkeypatch):
    monkeypatch.setattr(word_indexes, "WAITED", "100ms")
    with database.somebody_else() as other, other.transaction():
        other.execute("LOCK TABLE cases_case IN ROW EXCLUSIVE MODE")
        word_indexes.build_missing()
        assert definitions() == {}
    word_indexes.build_missing()
    assert definitions() == before


def test_proposals_for_imported_cases_wait_and_the_health_page_says_why(before):
    with word_indexes.built_afterwards():
        come_in()
        assert proposing.propose_missing() == 0
        assert "first import" in PostgresSearch().check().detail
    assert proposing.propose_missing() == 1
    assert "first import" not in PostgresSearch().check().detail


def test_the_waiting_list_of_an_index_that_is_not_there_does_not_stop_an_import(before):
    broken_off()
    indexing.settle()


def test_neither_the_job_nor_another_import_builds_while_one_runs_that_will(before):
    broken_off()
    with database.somebody_else() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [word_indexes._LOCK])
        word_indexes.build_missing()
        with word_indexes.built_afterwards():
            pass
        assert definitions() == {}
    word_indexes.build_missing()
    assert definitions() == before


def test_beside_another_import_nothing_is_left_out(before):
    with database.somebody_else() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [word_indexes._LOCK])
        with word_indexes.built_afterwards():
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
