"""Statements that are sent together do what they would have done one by one."""

import pytest
from django.db import IntegrityError, connection, transaction

from huiyin.cases.enums import Action
from huiyin.cases.models import Event
from huiyin.cases.operations import intake
from huiyin.kernel import copying, statements
from huiyin.usecases import filing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE said (word text PRIMARY KEY CHECK (word <> 'bad')) ON COMMIT DROP"
        )
    return "INSERT INTO said VALUES (%s)"


def words():
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM said ORDER BY word")
        return [word for (word,) in cursor.fetchall()]


def test_several_go_in_one_journey_with_their_values_whatever_stands_in_them(
    table, django_assert_num_queries
):
    strange = ["a%sb", "'; DROP TABLE said; --", "灯\\'", "%%"]
    with django_assert_num_queries(3), statements.one_transaction():  # savepoint, all of them, release
        for word in strange:
            statements.send(table, [word])
    assert words() == sorted(strange)


def test_an_answer_comes_from_the_last_statement(table):
    with statements.one_transaction():
        statements.send(table, ["one"])
        assert statements.ask(f"{table} RETURNING word, 2", ["two"]) == [("two", 2)]
    assert statements.ask("SELECT 1", []) == [(1,)]
    assert words() == ["one", "two"]


def test_whoever_reads_in_the_block_sees_what_was_sent_before(table):
    with statements.one_transaction():
        statements.send(table, ["one"])
        assert words() == ["one"]


def test_outside_of_a_block_it_is_done_at_once(table, django_assert_num_queries):
    with django_assert_num_queries(1):
        statements.send(table, ["one"])
    assert words() == ["one"]


def test_an_error_takes_everything_of_its_block_along_and_nothing_of_the_one_around(table):
    with statements.one_transaction():
        statements.send(table, ["before"])
        with pytest.raises(ZeroDivisionError), statements.one_transaction():
            statements.send(table, ["never"])
            1 / 0  # noqa: B018 -- whatever goes wrong
        with pytest.raises(IntegrityError), statements.one_transaction():
            statements.send(table, ["never"])
            statements.send(table, ["bad"])
        statements.send(table, ["after"])
    assert words() == ["after", "before"]
    with pytest.raises(ZeroDivisionError), statements.one_transaction():
        statements.send(table, ["never"])
        1 / 0  # noqa: B018 -- whatever goes wrong
    statements.send(table, ["last"])
    assert words() == ["after", "before", "last"]


def test_a_copy_comes_after_what_was_sent_before(table):

    with statements.one_transaction():
        statements.send(table, ["one"])
        with pytest.raises(IntegrityError), transaction.atomic():
            copying.insert("said", {"word": ["one"]})
    assert words() == ["one"]


def test_filing_makes_few_journeys(django_assert_max_num_queries):

    version = factories.service(unit=factories.unit()).current
    new = intake.NewCase(text="路灯不亮", channel=factories.channel(), version=version)
    contact = filing.ContactGiven()
    filing.file_case(new, contact=contact)
    # Two of them begin and end the savepoint of this test.
    with django_assert_max_num_queries(4):
        case = filing.file_case(new, contact=contact).case
    actions = list(Event.objects.filter(case=case).values_list("action", flat=True))
    assert actions == [Action.FILE, Action.ASSIGN]
