"""What the timeline says to whom."""

import pytest

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Action, Outcome
from huiyin.cases.operations import acting, handling, person
from huiyin.cases.queries import timeline
from huiyin.catalogue.enums import Kind
from huiyin.web.components import sentences
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked():
    """A case that went through most of what can happen."""
    unit, other = factories.unit(names={"en": "Lighting"}), factories.unit(names={"en": "Roads"})
    head = factories.user(
        (Role.UNIT_HEAD, unit), (Role.UNIT_HEAD, other), (Role.DISPATCHER, None), name="林越"
    )
    actor = acting.staff(head)
    case = factories.case(unit=other)
    handling.assign(case.pk, unit=unit, actor=actor, reason="Not a road")
    handling.take(case.pk, officer=head, actor=actor)
    handling.sign_for(case.pk, actor=actor)
    handling.start(case.pk, actor=actor)
    handling.classify(case.pk, version=factories.service(unit=unit).current, kind=Kind.HELP, actor=actor)
    handling.record_contact(case.pk, actor=actor, how="phone")
    handling.write_note(case.pk, text="the cable is old, do not tell", actor=actor)
    handling.ask(case.pk, text="Which lamp?", actor=actor)
    person.write(case.pk, text="The third one")
    handling.answer(case.pk, text="Repaired.", outcome=Outcome.SOLVED, actor=actor)
    return case


def test_staff_read_every_row_with_names_and_notes(worked):
    story = sentences.story_for_staff(timeline.for_staff(worked))
    told = [row.title for row in story]
    assert told[2:5] == [
        "Sent from Roads to Lighting. Reason: Not a road",
        "林越 took the case.",
        "Lighting signed for the case.",
    ]
    note = next(row for row in story if row.kind == "note")
    assert (note.text, note.by) == ("the cable is old, do not tell", "林越")


def test_the_person_reads_neither_notes_nor_officers_nor_reasons(worked):
    story = sentences.story_for_person(timeline.for_person(worked))
    everything = repr(story)
    assert "do not tell" not in everything
    assert "林越" not in everything
    assert "Not a road" not in everything
    assert "It went from Roads to Lighting. Your dates stay as promised." in [row.title for row in story]
    assert story[-1].title == "Lighting answered: Solved."
    assert (story[-1].text, story[-1].sender) == ("Repaired.", "Lighting")


def test_even_a_note_row_handed_over_by_mistake_says_nothing_to_the_person(worked):
    names = timeline.for_staff(worked)
    notes = [event for event in names.events if event.action == Action.NOTE]
    assert notes
    assert [sentences.for_person(event, names) for event in notes] == [None]


def test_dates_carry_their_weekday(worked):
    first = sentences.story_for_person(timeline.for_person(worked))[0].title
    assert any(day in first for day in ("Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "))


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_a_sentence_for_staff_and_all_but_the_hidden_one_for_the_person(action):
    assert action in sentences._TO_STAFF
    assert (action in sentences._TO_PERSON) != (action in timeline.HIDDEN_FROM_THE_PERSON)


@pytest.mark.parametrize("notes", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_timeline(worked, notes, django_assert_max_num_queries):
    actor = acting.staff(worked.events.exclude(actor=None)[0].actor)
    for _ in range(notes):
        handling.write_note(worked.pk, text="x", actor=actor)
        person.write(worked.pk, text="y")
    with django_assert_max_num_queries(7):
        sentences.story_for_staff(timeline.for_staff(worked))
