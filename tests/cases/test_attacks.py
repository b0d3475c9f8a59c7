"""What somebody with bad intentions, or with two tabs, would try on a case."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connections

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Action, Outcome, State
from huiyin.cases.models import Case, Pause
from huiyin.cases.operations import acting, drafts, handling, limits, person
from huiyin.cases.queries import possible, timeline
from huiyin.feedback.enums import Solved
from huiyin.feedback.models import Verdict
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Refusal, TooMany
from huiyin.privacy import operations as privacy
from huiyin.web.components import dates, sentences
from tests import factories

GIVEN = Given(contacted=True, solved=Solved.YES, satisfaction=5)


def answered(case: Case, officer: acting.Actor) -> None:
    handling.answer(case.pk, text="已修好。", outcome=Outcome.SOLVED, actor=officer)


@pytest.mark.django_db
def test_sending_a_case_on_while_the_person_is_asked_ends_the_pause(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC), tick=False)
    unit, other = factories.unit(), factories.unit()
    case = factories.case(unit=unit)
    handling.ask(case.pk, text="哪一盏？", actor=acting.staff(factories.user((Role.OFFICER, unit))))
    due = Case.objects.get().due_at
    time_machine.shift(dt.timedelta(days=1))
    dispatcher = acting.staff(factories.user((Role.DISPATCHER, None)))
    handling.assign(case.pk, unit=other, actor=dispatcher)
    moved = Case.objects.get()
    assert Pause.objects.get().ended_at == clock.now()
    assert moved.due_at > due
    said = sentences.story_for_person(timeline.for_person(moved))[-1].title
    assert dates.moment_words(moved.due_at, this_year=2026) in said
    # The next unit can ask for itself, and the days in between are not paused.
    handling.ask(case.pk, text="几号？", actor=acting.staff(factories.user((Role.OFFICER, other))))
    assert Pause.objects.count() == 2


@pytest.mark.django_db
def test_nobody_who_handled_the_case_writes_its_verdict_down_even_with_a_second_role():
    unit = factories.unit()
    case = factories.case(unit=unit)
    both = acting.staff(factories.user((Role.OFFICER, unit), (Role.OPERATOR, None)))
    answered(case, acting.staff(factories.user((Role.OFFICER, unit))))
    with pytest.raises(Denied):
        person.judge(case.pk, given=GIVEN, actor=both)
    operator = acting.staff(factories.user((Role.OPERATOR, None)))
    person.judge(case.pk, given=GIVEN, actor=operator)


@pytest.mark.django_db
def test_an_operator_does_not_judge_the_own_answer():
    operator = acting.staff(factories.user((Role.OPERATOR, None)))
    case = factories.case(version=None)
    answered(case, operator)
    with pytest.raises(Denied):
        person.judge(case.pk, given=GIVEN, actor=operator)


@pytest.mark.django_db
def test_nothing_new_is_written_about_an_erased_case():
    unit = factories.unit()
    case = factories.case(unit=unit)
    answered(case, acting.staff(factories.user((Role.OFFICER, unit))))
    privacy.erase_case(case.pk, actor="person")
    user = factories.user((Role.DISPATCHER, None), (Role.UNIT_HEAD, unit))
    assert possible.actions(Case.objects.get(), user=user) <= {Action.UNPUBLISH}
    with pytest.raises(Conflict):
        handling.write_note(case.pk, text="王先生，13800000000", actor=acting.staff(user))
    with pytest.raises(Conflict):
        person.write(case.pk, text="王先生，13800000000", actor=acting.staff(user))
    Case.objects.update(answered_at=clock.now() - dt.timedelta(days=15))
    assert handling.close_silent(case.pk).state == State.CLOSED


@pytest.mark.django_db
def test_a_step_that_comes_late_does_not_overwrite_the_receipt():
    _mark, draft = drafts.begin()
    stale = drafts.open_draft(_mark)
    drafts.replace(draft, sent_number="1", sent_secret="S")
    assert drafts.save(stale, text="late")["sent_secret"] == "S"
    assert drafts.entered(drafts.open_draft(_mark)) == {"sent_number": "1", "sent_secret": "S"}
    drafts.discard(draft)
    with pytest.raises(Conflict):
        drafts.save(stale, text="later")


@pytest.mark.django_db
def test_uploads_and_drafts_per_address_have_an_end(monkeypatch):
    monkeypatch.setattr(limits.organisations, "setting", lambda _key: 1)
    for count, most in ((limits.count_upload, 10), (limits.count_draft, 10), (limits.count_support, 100)):
        for _turn in range(most):
            count("192.0.2.1")
        count("192.0.2.2")
        with pytest.raises(TooMany):
            count("192.0.2.1")


def together(*verbs: Callable[[], object]) -> list[object]:
    """Run verbs at the same moment; what each returned or was refused with."""
    start, found = threading.Barrier(len(verbs)), []

    def run(verb: Callable[[], object]) -> None:
        start.wait()
        try:
            found.append(verb())
        except Refusal as refusal:
            found.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_of_several_verdicts_at_the_same_moment_one_is_kept():
    unit = factories.unit()
    case = factories.case(unit=unit)
    answered(case, acting.staff(factories.user((Role.OFFICER, unit))))
    found = together(*[lambda: person.judge(case.pk, given=GIVEN)] * 5)
    assert Verdict.objects.count() == 1
    assert sum(isinstance(one, Conflict) for one in found) == 4


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_answering_ends_in_one_of_the_two():
    unit = factories.unit()
    case = factories.case(unit=unit)
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    found = together(lambda: answered(case, officer), lambda: person.withdraw(case.pk))
    assert sum(isinstance(one, Conflict) for one in found) == 1
    row = Case.objects.get()
    assert (row.state, row.outcome) in {
        (State.ANSWERED, Outcome.SOLVED),
        (State.WITHDRAWN, Outcome.WITHDRAWN),
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_with_the_same_revision_one_is_told():
    unit = factories.unit()
    case = factories.case(unit=unit)
    actors = [acting.staff(factories.user((Role.OFFICER, unit))) for _ in range(3)]
    found = together(*[
        lambda actor=actor: handling.inform(case.pk, text="在查。", actor=actor, revision=case.revision)
        for actor in actors
    ])  # fmt: skip
    assert sum(isinstance(one, Conflict) for one in found) == 2
    assert Case.objects.get().replies.count() == 1
