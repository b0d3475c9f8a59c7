import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.accounts.enums import Permission, Role
from huiyin.audit.models import Record
from huiyin.catalogue import operations, versions
from huiyin.catalogue.enums import ServiceField
from huiyin.catalogue.models import Channel, Service, ServiceVersion
from huiyin.catalogue.queries import history
from huiyin.kernel.errors import Conflict, Denied, Invalid
from tests import staff

pytestmark = pytest.mark.django_db
DRAFT = operations.Draft(
    public_names={"zh-hans": "路灯不亮", "en": "Street light out"}, keywords=["灯", "lamp"]
)
QUESTION = {"code": "since", "type": "date", "labels": {"en": "Since when?"}}


def service(code="lights", **more):
    return operations.create_service(code, draft=DRAFT, actor="system", **more)


def changed(**more):
    return dataclasses.replace(DRAFT, **more)


ACTS = {
    "create": lambda row, by: operations.create_service("new", draft=DRAFT, actor=by),
    "new_version": lambda row, by: operations.new_version(
        row, draft=changed(place_required=True), base=1, change_note="Place needed", actor=by
    ),
    "questions": lambda row, by: operations.replace_questions(
        row, questions=[QUESTION], base=1, change_note="Ask since when", actor=by
    ),
    "move": lambda row, by: operations.move_service(row, parent=service("other"), actor=by),
    "retire": lambda row, by: operations.retire_service(row, actor=by),
    "offer": lambda row, by: operations.offer_service(row, actor=by),
}


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("act", ACTS)
def test_only_holders_of_the_permission_change_services(act, role):
    row = service()
    by = staff.user(role, username="actor")
    if by.standing().may(Permission.MANAGE_CATALOGUE):
        ACTS[act](row, by)
        assert Record.objects.latest("id").actor == f"user:{by.pk}"
    else:
        with pytest.raises(Denied):
            ACTS[act](row, by)


@pytest.mark.parametrize("role", [*Role, None])
def test_only_holders_of_the_permission_change_channels(role):
    by = staff.user(role, username="actor")
    if by.standing().may(Permission.MANAGE_ORGANISATION):
        row = operations.create_channel("fax", names={"en": "Fax"}, actor=by)
        operations.change_channel(row, names={"en": "Telefax"}, uses={"desk"}, actor=by)
        row.refresh_from_db()
        assert (row.is_active, row.at_desk) == (False, True)
    else:
        with pytest.raises(Denied):
            operations.create_channel("fax", names={"en": "Fax"}, actor=by)
        assert not Channel.objects.exists()


def test_a_change_makes_a_version_and_leaves_the_one_before_as_it_was():
    row = service()
    first = row.current
    second = operations.new_version(
        row, draft=changed(urgency="utilities"), base=1, change_note="  Dark streets  ", actor="system"
    )
    row.refresh_from_db()
    assert (row.current, second.number, second.change_note) == (second, 2, "Dark streets")
    assert ServiceVersion.objects.get(pk=first.pk).urgency == "ordinary"
    assert history.compare(row, first=1, second=2) == [
        versions.Difference(ServiceField.URGENCY, "ordinary", "utilities")
    ]
    assert [version.number for version, _changes in history.history(row)] == [2, 1]


def test_two_changes_at_once_are_told_apart():
    row = service()
    operations.new_version(row, draft=changed(place_required=True), base=1, change_note="a", actor="system")
    with pytest.raises(Conflict):
        operations.new_version(row, draft=changed(may_publish=False), base=1, change_note="b", actor="system")
    with pytest.raises(Conflict):
        operations.replace_questions(row, questions=[QUESTION], base=1, change_note="b", actor="system")
    assert row.versions.count() == 2


@pytest.mark.parametrize(
    ("draft", "note", "field"),
    [
        (changed(place_required=True), " ", "change_note"),
        (changed(public_names={"en": " "}), "x", "public_names"),
        (changed(limits={"answer": "soon"}), "x", "limit_answer"),
        (changed(limits={"lunch": "1h clock"}), "x", "limit_lunch"),
        (changed(contact_required=True), "x", "contact_required"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused_by_field(draft, note, field):
    row = service()
    with pytest.raises(Invalid) as raised:
        operations.new_version(row, draft=draft, base=1, change_note=note, actor="system")
    assert field in raised.value.fields
    assert row.versions.count() == 1


def test_changing_nothing_makes_no_version():
    row = service()
    with pytest.raises(Invalid):
        operations.new_version(row, draft=DRAFT, base=1, change_note="x", actor="system")


def test_questions_are_part_of_the_version_and_can_be_removed():
    row = service()
    operations.replace_questions(row, questions=[QUESTION], base=1, change_note="Ask", actor="system")
    row = history.any_service("lights")
    assert row.current.form.questions[0]["code"] == "since"
    with pytest.raises(Invalid):
        operations.replace_questions(
            row, questions=[QUESTION, QUESTION], base=2, change_note="x", actor="system"
        )
    operations.replace_questions(row, questions=[], base=2, change_note="Ask nothing", actor="system")
    assert history.any_service("lights").current.form is None


def test_services_do_not_stand_below_themselves_and_parents_stay_while_needed():
    top = service("top")
    below = service("below", parent=top)
    with pytest.raises(Invalid):
        operations.move_service(top, parent=below, actor="system")
    with pytest.raises(Conflict):
        operations.retire_service(top, actor="system")
    operations.retire_service(below, actor="system")
    operations.retire_service(top, actor="system")
    assert not Service.objects.filter(is_active=True).exists()


def test_search_shows_what_is_found_with_what_is_above_it():
    top = operations.create_service(
        "public", draft=changed(public_names={"en": "Public space"}, keywords=[]), actor="system"
    )
    service("lights", parent=top)
    operations.create_service(
        "noise", draft=changed(public_names={"en": "Noise"}, keywords=[]), actor="system"
    )
    assert [(row.code, depth) for row, depth in history.all_services("路灯")] == [
        ("public", 0),
        ("lights", 1),
    ]
    assert [row.code for row, _depth in history.all_services("LAMP")] == ["public", "lights"]
    assert len(history.all_services()) == 3
    assert history.all_services("nothing like it") == []
    assert [row.code for row in history.without_unit()] == ["lights", "noise"]


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 12)), unique_by=lambda pair: pair[0]))
def test_every_row_outside_a_loop_has_its_place_in_the_tree(pairs):
    parents = dict(pairs)
    order = [pk for pk, _parent in pairs]
    placed = versions.ordered_tree(parents, order)
    assert len({pk for pk, _depth in placed}) == len(placed)
    depths = dict(placed)
    for pk, depth in placed:
        above = parents[pk]
        assert depth == (depths[above] + 1 if above in parents else 0)
    for pk in set(order) - set(depths):
        seen, above = set(), pk
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        assert above is not None


names = st.dictionaries(st.sampled_from(["en", "zh-hans"]), st.text("ab 灯", max_size=4))
drafts = st.builds(
    versions.Draft,
    public_names=names,
    keywords=st.lists(st.sampled_from(["a", "b", " "])),
    place_required=st.booleans(),
)


@given(drafts, drafts)
def test_differences_are_none_exactly_if_nothing_differs(one, other):
    assert not versions.differences(one, one)
    assert bool(versions.differences(one, other)) == (one.values() != other.values())
    assert [d.field for d in versions.differences(one, other)] == [
        d.field for d in versions.differences(other, one)
    ]
