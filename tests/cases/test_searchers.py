"""Which indexes a search goes by: in a large archive this is the difference between 5 and 50 milliseconds."""

import pytest
from django.db import connection

from huiyin.accounts.enums import Role
from huiyin.cases.enums import OPEN_STATES, Outcome, State
from huiyin.cases.models import Case
from huiyin.cases.models.case import UNFINISHED
from huiyin.cases.queries import searching
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def many():
    """3,000 cases, one in ten open, one in three with the words, half of one unit."""
    one, other = factories.unit(), factories.unit()
    made = factories.case(text="路灯坏了", unit=one)
    rows = []
    for number in range(3_000):
        made.pk, made.number, made.receipt_salt = None, f"{number:011}", ""
        made.state, made.outcome = (
            (State.IN_PROGRESS, "") if number % 10 == 0 else (State.CLOSED, Outcome.SOLVED)
        )
        made.unit = one if number % 20 < 11 else other
        made.words = "'路灯':1" if number % 3 == 0 else "'井盖':1"
        rows.append(Case(**{f.attname: getattr(made, f.attname) for f in Case._meta.concrete_fields}))
    Case.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        # Which of a dozen indexes the planner takes for so few rows is chance; they come back when the test is over.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for index in Case._meta.indexes:
            if index.name not in {"case_words", "case_open_words", "case_open_unit"}:
                cursor.execute(f"DROP INDEX {index.name}")
        # What earlier tests left in the indexes would count among their costs.
        cursor.execute("REINDEX TABLE cases_case")
        cursor.execute("ANALYZE cases_case")
        # As if the rows stood in a large table, each on a page of its own.
        cursor.execute("SET LOCAL random_page_cost = 400; SET LOCAL seq_page_cost = 400")
    return one


def plans(user, **asked):
    """The plan of each query of a search that chooses cases by their words."""
    found = []

    def explained(execute, sql, params, is_many, context):
        if "@@" in sql:
            with connection.connection.cursor() as cursor:
                found.append("\n".join(row[0] for row in cursor.execute(f"EXPLAIN {sql}", params)))
        return execute(sql, params, is_many, context)

    with connection.execute_wrapper(explained):
        searching.find(user, searching.Asked(text="路灯", **asked))
    return found


def test_open_cases_of_a_unit_are_found_by_the_words_of_open_ones_and_another_index(many):
    user = factories.user((Role.DISPATCHER, None))
    (plan,) = plans(user, units=[many.pk], states=[State.IN_PROGRESS, State.ACCEPTED])
    assert "on case_open_words" in plan
    assert "on case_open_unit" in plan
    assert "on case_words" not in plan


def test_an_officers_open_cases_too(many):
    officer = factories.user((Role.OFFICER, many))
    for plan in plans(officer, states=[State.IN_PROGRESS]):
        assert "on case_open_words" in plan
        assert "on case_words" not in plan


def test_both_ways_to_say_open_mean_the_same_cases():
    for state in State:
        case = Case(state=state)
        assert UNFINISHED.check({"state": case.state}) == (state in OPEN_STATES)


def test_searches_of_finished_cases_go_by_all_words(many):
    user = factories.user((Role.DISPATCHER, None))
    assert all("on case_words" in plan for plan in plans(user, units=[many.pk], states=[State.CLOSED]))
