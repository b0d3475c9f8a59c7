"""Who stands in for whom: rules, refusals, and the line of substitutes."""

import datetime as dt
import threading

import pytest
from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from huiyin.accounts import logic
from huiyin.accounts.enums import Role
from huiyin.accounts.models import Absence, Membership, User
from huiyin.accounts.operations import absences as operations
from huiyin.accounts.queries import absences
from huiyin.audit.models import Record
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Refusal
from huiyin.usecases import clockwork
from tests import factories

db = pytest.mark.django_db
DAY = dt.timedelta(days=1)
START = dt.date(2026, 5, 1)

spans = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 12), st.integers(0, 6)).filter(
    lambda row: row[0] != row[1]
)


def away(row) -> logic.Away:
    user, substitute, begin, length = row
    return logic.Away(
        user=user, substitute=substitute, begins=START + begin * DAY, ends=START + (begin + length) * DAY
    )


def runs_in_circles(new: logic.Away, others: list[logic.Away]) -> bool:
    """The same, found day by day."""
    for number in range((new.ends - new.begins).days + 1):
        day = new.begins + number * DAY
        edges = {row.user: row.substitute for row in (*others, new) if row.begins <= day <= row.ends}
        person, steps = new.substitute, 0
        while person in edges and steps < 10:
            person, steps = edges[person], steps + 1
            if person == new.user:
                return True
    return False


@given(new=spans, others=st.lists(spans, max_size=8))
def test_a_way_back_is_found_exactly_where_there_is_one(new, others):
    kept: list[logic.Away] = []
    for row in map(away, others):
        apart = all(row.user != old.user or row.begins > old.ends or row.ends < old.begins for old in kept)
        if apart and not runs_in_circles(row, kept):
            kept.append(row)
    asked = away(new)
    kept = [row for row in kept if row.user != asked.user]
    found = logic.way_back(asked, kept)
    assert bool(found) == runs_in_circles(asked, kept)
    if found:
        assert found[0] == asked.substitute
        assert found[-1] == asked.user


@given(st.dictionaries(st.integers(0, 6), st.integers(0, 6)), st.integers(0, 6))
def test_the_line_ends_with_somebody_who_is_there_or_where_it_began(substitutes, person):
    last = logic.last_in_line(substitutes, person)
    assert last == person or last not in substitutes


def test_a_substitute_covers_every_role_in_its_unit():
    head, officer = (Role.UNIT_HEAD, 1), (Role.OFFICER, 1)
    standing = logic.Standing
    assert not logic.uncovered(standing((officer,)), standing((head,)))
    assert logic.uncovered(standing((head,)), standing((officer,))) == [head]
    assert logic.uncovered(standing((officer,)), standing(((Role.OFFICER, 2),))) == [officer]
    assert not logic.uncovered(standing(((Role.DISPATCHER, 3),)), standing(((Role.DISPATCHER, None),)))
    assert logic.uncovered(standing((officer, (Role.OFFICER, 2))), standing((officer,))) == [
        (Role.OFFICER, 2)
    ]


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def staff(unit):
    """Three officers and the head of a unit."""
    people = {name: factories.user((Role.OFFICER, unit), name=name) for name in ("Ada", "Bo", "Cy", "Di")}
    return people | {"head": factories.user((Role.UNIT_HEAD, unit), name="Head")}


def name(user, substitute, *, first=0, last=3, actor="system") -> Absence:
    today = clock.today()
    row = operations.name_substitute(
        user, substitute=substitute, begins=today + first * DAY, ends=today + last * DAY, actor=actor
    )
    # The test's transaction never commits, so nothing that is remembered is forgotten by itself.
    caches["local"].clear()
    return row


@db
def test_named_by_oneself_by_the_head_by_an_administrator_and_by_nobody_else(staff):
    ada, bo = staff["Ada"], staff["Bo"]
    administrator = factories.user((Role.ADMINISTRATOR, None))
    for place, actor in enumerate((ada, staff["head"], administrator)):
        row = name(ada, bo, first=10 * place, last=10 * place + 3, actor=actor)
        assert row.named_by == actor
    for stranger in (
        bo,
        factories.user((Role.UNIT_HEAD, factories.unit())),
        factories.user((Role.SUPERVISOR, None)),
    ):
        with pytest.raises(Denied):
            name(ada, staff["Cy"], first=90, last=91, actor=stranger)
        with pytest.raises(Denied):
            operations.end_absence(row, actor=stranger)
    assert Absence.objects.count() == 3
    assert list(Record.objects.order_by("pk").values_list("action", flat=True)).count("absence.named") == 3
    operations.end_absence(row, actor=ada)
    with pytest.raises(Conflict):
        operations.end_absence(row, actor=ada)


@db
@pytest.mark.parametrize(
    ("who", "first", "last", "field"),
    [
        ("Ada", 0, 3, "substitute"),
        ("Bo", -1, 3, "begins"),
        ("Bo", 3, 1, "ends"),
        ("Bo", 0, 366, "ends"),
        ("stranger", 0, 3, "substitute"),
        ("gone", 0, 3, "substitute"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(staff, who, first, last, field):
    staff["stranger"] = factories.user((Role.OFFICER, factories.unit()))
    staff["gone"] = factories.user((Role.OFFICER, factories.unit()), is_active=False)
    with pytest.raises(Invalid) as refused:
        name(staff["Ada"], staff[who], first=first, last=last)
    assert field in refused.value.fields
    assert not Absence.objects.exists()
    assert not Record.objects.filter(action="absence.named").exists()


@db
def test_an_officer_does_not_stand_in_for_a_head(staff):
    with pytest.raises(Invalid, match="Unit head"):
        name(staff["head"], staff["Ada"])
    assert name(staff["Ada"], staff["head"]).pk


@db
def test_loops_of_two_and_of_four_are_refused_with_the_names_on_the_way(staff):
    ada, bo, cy, di = (staff[who] for who in ("Ada", "Bo", "Cy", "Di"))
    name(ada, bo)
    with pytest.raises(Invalid, match="Bo → Ada → Bo"):
        name(bo, ada)
    name(bo, cy)
    name(cy, di)
    with pytest.raises(Invalid, match="Di → Ada → Bo → Cy → Di") as refused:
        name(di, ada, first=3, last=9)
    assert set(refused.value.fields) == {"substitute"}
    assert Absence.objects.count() == 3
    # On other days it is no loop.
    assert name(di, ada, first=4, last=9).pk
    with pytest.raises(Conflict):
        name(ada, cy, first=2, last=5)


@db
def test_the_database_itself_refuses_two_absences_at_once_and_oneself(staff):
    row = name(staff["Ada"], staff["Bo"])
    for changed in (
        {"begins": row.ends, "ends": row.ends + DAY},
        {"substitute": staff["Ada"]},
        {"ends": row.begins - DAY},
    ):
        values = {
            "user": row.user,
            "substitute": row.substitute,
            "begins": row.ends + 9 * DAY,
            "ends": row.ends + 9 * DAY,
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(**values | changed)
    operations.end_absence(row, actor="system")
    assert name(staff["Ada"], staff["Cy"]).pk


@db
def test_the_line_is_followed_and_breaks_where_a_role_was_taken(staff, unit):
    ada, bo, cy = staff["Ada"], staff["Bo"], staff["Cy"]
    assert absences.stand_in(ada) is None
    name(ada, bo)
    name(bo, cy, first=1)
    assert absences.stand_in(ada) == bo
    with clock.turned_to(clock.now() + DAY):
        assert absences.stand_in(ada) == cy
        assert [row.user_id for row in absences.absent_behind(cy)] == [ada.pk, bo.pk]
        assert absences.absent_behind(bo) == []
        readers = absences.readers([ada, bo, staff["Di"]])
        assert {(row.user.name, row.instead_of) for row in readers} == {("Cy", ("Ada", "Bo")), ("Di", ())}
        assert absences.readers([ada, cy]) == [absences.Reader(cy)], (
            "who is told anyway is told once, as themselves"
        )
        Membership.objects.filter(user=cy).delete()
        caches["local"].clear()
        assert absences.stand_in(ada) is None
    with clock.turned_to(clock.now() + 4 * DAY):
        assert absences.stand_in(ada) is None
        assert absences.today() == {}


@db
def test_nobody_stands_in_who_may_not_sign_in(staff):
    name(staff["Ada"], staff["Bo"])
    User.objects.filter(pk=staff["Bo"].pk).update(is_active=False)
    assert absences.stand_in(staff["Ada"]) is None


@db
def test_who_could_stand_in_is_who_the_verb_accepts(staff):
    factories.user((Role.OFFICER, factories.unit()))
    assert {row.name for row in absences.could_stand_in(staff["Ada"])} == {"Bo", "Cy", "Di", "Head"}
    assert absences.could_stand_in(staff["head"]) == []
    assert absences.could_stand_in(factories.user()) == []


@db
def test_absences_are_forgotten_after_a_year(staff):
    name(staff["Ada"], staff["Bo"])
    with clock.turned_to(clock.now() + 360 * DAY):
        assert clockwork.forget_absences() == 0
    with clock.turned_to(clock.now() + 370 * DAY):
        assert clockwork.forget_absences() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_name_each_other_at_once(staff):
    ada, bo = staff["Ada"], staff["Bo"]
    barrier, ends = threading.Barrier(2), []

    def act(user, substitute):
        try:
            barrier.wait()
            name(user, substitute)
            ends.append("named")
        except Refusal as refused:
            ends.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in ((ada, bo), (bo, ada))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["Invalid", "named"]
    assert Absence.objects.count() == 1
