"""Rows inserted by hand are the rows that the ORM would have inserted."""

import pytest

from huiyin.cases.enums import Action, Party
from huiyin.cases.models import Case, Event, Publication
from huiyin.kernel import clock, rows
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_column_arrives_and_each_row_gets_its_id(django_assert_num_queries):
    case = factories.case()
    made = [
        Event(
            case=case,
            at=clock.now(),
            action=Action.SIGN_FOR,
            party=Party.UNIT,
            data={"n": n, "words": "灯'\";--"},
        )
        for n in range(3)
    ]
    with django_assert_num_queries(1):
        rows.insert(made)
    assert len({row.pk for row in made}) == 3
    for row in made:
        kept = Event.objects.get(pk=row.pk)
        names = [field.attname for field in Event._meta.concrete_fields]
        assert [getattr(kept, name) for name in names] == [getattr(row, name) for name in names]
    made[0].to_state = "answered"
    made[0].save()
    assert Event.objects.filter(case=case, action=Action.SIGN_FOR).count() == 3, "the row is known as stored"


def test_nothing_is_inserted_for_nothing_and_what_the_database_fills_is_refused(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows.insert([])
    with pytest.raises(TypeError, match="Publication"):
        rows.insert([Publication(case=factories.case())])


def test_a_case_is_found_by_its_words():
    case = factories.case(text="彩虹桥的路灯坏了", place_text="幸福路")
    for words in ("'彩虹':*", "'幸福':*"):
        assert list(Case.objects.extra(where=["words @@ %s::tsquery"], params=[words])) == [case]
