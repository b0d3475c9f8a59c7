"""A proposal from the first moment: by rules and words, with reasons; taken by one verb; what became of it is kept."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, intake
from huiyin.catalogue.enums import Kind
from huiyin.kernel.errors import Conflict, Denied, Missing
from huiyin.people.operations import create_contact
from huiyin.triage.enums import Question, Source, Taken
from huiyin.triage.models import Decision, Proposal, Waiting
from huiyin.triage.operations import learning, proposing, taking
from huiyin.triage.operations import waiting as waiting_cases
from huiyin.triage.queries import answers, matters, showing
from huiyin.usecases import filing
from tests import factories
from tests.factories import database

pytestmark = pytest.mark.django_db


def best(proposal: Proposal, question: str) -> dict:
    return proposal.answers[question][0]


def test_without_any_history_the_words_of_a_service_propose_it_with_its_unit_kind_and_urgency(
    waiting, lights
):
    proposal = proposing.propose(waiting.pk)
    service = best(proposal, "service")
    assert (service["value"], service["source"]) == (str(lights.pk), Source.WORDS)
    assert {"路灯", "不亮"} <= set(service["words"])
    assert 0 < service["probability"] < 0.9, "nothing was decided yet: no certainty"
    assert best(proposal, "unit")["value"] == str(lights.current.unit_id)
    assert best(proposal, "kind")["value"] == lights.current.kind
    assert best(proposal, "urgency")["value"] == lights.current.urgency


def test_a_database_that_is_asked_beside_answers_the_same(transactional_db, lights, noise):
    """Outside a transaction another thread asks while the models read; inside one everything has its turn."""
    said = "小区门口桂花路十二号的路灯不亮"
    alike = {factories.case(version=version, text=said).pk for version in (lights.current, None)}
    matter = matters.of_case(factories.case(version=None, text=said + "，请派人修"))
    with transaction.atomic():
        inside = answers.everything(matter)
    assert not connection.in_atomic_block
    assert answers.everything(matter) == inside
    assert {row.case_id for row in inside.duplicates} == alike
    assert inside.best(Question.SERVICE).value == str(lights.pk)


@pytest.mark.parametrize(
    "text", ["x", "😀😀😀", "\u200b", "a" * 9_000, "投訴噪聲擾民 𠮷 Lärm 123", "\x01\x02路灯"]
)
def test_any_text_gets_a_proposal_or_none_and_never_an_error(text, lights, noise):
    case = factories.case(version=None, text=text)
    proposal = proposing.propose(case.pk)
    assert proposal is not None
    assert showing.for_case(case, user=factories.user((Role.DISPATCHER, None))) is not None


def test_a_million_characters_are_read_in_bounded_time(lights, noise):
    case = factories.case(version=None, text="路灯不亮。")
    Case.objects.filter(pk=case.pk).update(text="路灯不亮，噪音扰民。" * 100_000)
    begin = time.process_time()
    assert proposing.propose(case.pk) is not None
    assert time.process_time() - begin < 5


def test_traditional_writing_is_understood(lights, noise):
    assert answers.offered("工地噪聲擾民，整夜施工")[0] == noise


def filed_case():
    new = intake.NewCase(text="路灯不亮", channel=factories.channel())
    return filing.file_case(new, contact=filing.ContactGiven()).case


def test_a_case_waits_for_its_proposal_from_the_transaction_that_stores_it(lights):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        filed_case()
        1 / 0  # noqa: B018 -- whatever goes wrong
    assert not Waiting.objects.exists()
    case = filed_case()
    assert list(Waiting.objects.values_list("case_id", flat=True)) == [case.pk]


def test_what_waits_is_proposed_for_in_its_order_and_waits_no_more(lights):
    cases = [filed_case() for _case in range(5)]
    assert waiting_cases.backlog().waiting == 5
    assert waiting_cases.propose_next(most=3) == 3
    assert set(Proposal.objects.values_list("case_id", flat=True)) == {case.pk for case in cases[:3]}
    assert waiting_cases.propose_next() == 2
    assert waiting_cases.propose_next() == 0
    assert waiting_cases.backlog() == waiting_cases.Backlog(0, None)


def test_a_case_that_fails_keeps_no_other_waiting_and_is_let_go_after_three_tries(lights, monkeypatch):
    bad, good = filed_case(), filed_case()
    real = proposing.propose

    def propose(case_id):
        if case_id == bad.pk:
            Case.objects.filter(pk=case_id).update(kind="praise")
            raise ZeroDivisionError
        return real(case_id)

    monkeypatch.setattr(proposing, "propose", propose)
    for tries in (1, 2):
        waiting_cases.propose_next()
        assert list(Waiting.objects.values_list("case_id", "tries")) == [(bad.pk, tries)]
    waiting_cases.propose_next()
    assert not Waiting.objects.exists()
    assert Proposal.objects.get().case_id == good.pk
    assert Case.objects.get(pk=bad.pk).kind == bad.kind, "nothing half done stays"


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_different_cases(lights):
    first, second = filed_case(), filed_case()
    with transaction.atomic():
        Waiting.objects.select_for_update().get(pk=first.pk)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_in_thread, waiting_cases.propose_next).result(20) == 1
    assert list(Proposal.objects.values_list("case_id", flat=True)) == [second.pk]
    assert list(Waiting.objects.values_list("case_id", flat=True)) == [first.pk]


def _in_thread(act):
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_listens_has_the_proposal_within_a_second():
    factories.service(unit=factories.unit(), public_names={"zh-hans": "路灯"})
    channel = factories.channel()
    command = [sys.executable, "-m", "huiyin.config.main", "worker"]
    with subprocess.Popen(
        command, env=os.environ | {"DATABASE_URL": database.url()}, stderr=subprocess.DEVNULL
    ) as worker:
        try:
            assert _waited(channel, at_most=180) < 180, "the worker came up"
            waits = [_waited(channel, at_most=10) for _case in range(3)]
        finally:
            worker.terminate()
    assert max(waits) < 1.0, waits


def _waited(channel, *, at_most: float) -> float:
    """Seconds from filing a case to its proposal."""
    filed = filing.file_case(intake.NewCase(text="路灯不亮", channel=channel), contact=filing.ContactGiven())
    begin = time.monotonic()
    while not Proposal.objects.filter(case_id=filed.case.pk).exists() and time.monotonic() - begin < at_most:
        time.sleep(0.02)
    return time.monotonic() - begin


# --- taking ---------------------------------------------------------------------------------------------------------


def test_a_dispatcher_takes_all_at_once_and_it_is_noted(waiting, lights, dispatcher):
    proposing.propose(waiting.pk)
    taking.take_all(waiting.pk, user=dispatcher, revision=waiting.revision)
    row = Case.objects.get(pk=waiting.pk)
    assert (row.service, row.unit_id, row.state) == (lights, lights.current.unit_id, State.ASSIGNED)
    noted = {d.question: d for d in Decision.objects.filter(case=row)}
    assert noted["service"].became == Taken.TAKEN
    assert noted["unit"].became == Taken.TAKEN
    assert noted["service"].user == dispatcher
    with pytest.raises(Conflict):
        taking.take_all(waiting.pk, user=dispatcher, revision=row.revision)


def test_what_was_not_proposed_or_is_not_allowed_is_refused(waiting, lights, noise, dispatcher):
    proposing.propose(waiting.pk)
    with pytest.raises(Missing):
        taking.take(waiting.pk, question=Question.UNIT, value="999999", user=dispatcher, revision=1)
    with pytest.raises(Conflict):
        taking.take(waiting.pk, question=Question.SERVICE, value=str(lights.pk), user=dispatcher, revision=77)
    auditor = factories.user((Role.AUDITOR, None))
    with pytest.raises(Denied):
        taking.take(waiting.pk, question=Question.SERVICE, value=str(lights.pk), user=auditor, revision=1)
    stranger = factories.user((Role.OFFICER, factories.unit()))
    with pytest.raises(Missing):
        taking.take(waiting.pk, question=Question.SERVICE, value=str(lights.pk), user=stranger, revision=1)
    assert not Decision.objects.exists()


def test_what_is_decided_by_hand_is_read_from_the_case_whoever_did_it(waiting, lights, noise, dispatcher):
    proposing.propose(waiting.pk)
    actor = acting.staff(dispatcher)
    handling.classify(waiting.pk, version=noise.current, kind=Kind.COMPLAINT, actor=actor)
    handling.assign(waiting.pk, unit=noise.current.unit, actor=actor)
    assert learning.note([waiting.pk]) == 3
    noted = {d.question: d.became for d in Decision.objects.filter(case=waiting)}
    assert noted == {"service": Taken.CHANGED, "unit": Taken.CHANGED, "kind": Taken.CHANGED}
    assert learning.note([waiting.pk]) == 0, "reading twice changes nothing"


def test_a_proposal_that_nobody_followed_is_ignored_once_the_case_is_over(lights, noise):
    case = factories.case(version=noise.current, text="路灯不亮，路灯坏了。")
    proposal = proposing.propose(case.pk)
    assert best(proposal, "service")["value"] == str(lights.pk)
    assert learning.note([case.pk]) == 0
    officer = factories.user((Role.OFFICER, noise.current.unit))
    handling.answer(case.pk, text="好的。", outcome=Outcome.EXPLAINED, actor=acting.staff(officer))
    learning.note([case.pk])
    assert Decision.objects.get(case=case, question="service").became == Taken.IGNORED


def test_new_rows_of_timelines_are_read_once_and_only_where_something_was_proposed(
    waiting, noise, dispatcher, monkeypatch
):
    monkeypatch.setattr(learning, "SETTLED", learning.dt.timedelta(0))
    handling.assign(factories.case(version=None).pk, unit=noise.current.unit, actor=acting.staff(dispatcher))
    proposing.propose(waiting.pk)
    handling.assign(waiting.pk, unit=noise.current.unit, actor=acting.staff(dispatcher))
    assert learning.read_new() == 1
    assert learning.read_new() == 0


def test_waiting_cases_of_an_import_get_their_proposal_too(waiting):
    assert proposing.propose_missing() == 1
    assert proposing.propose_missing() == 0


# --- duplicates -----------------------------------------------------------------------------------------------------

SAID = "莲花路北口的井盖松动，车子一过就响，晚上睡不着。"


def test_the_same_matter_is_found_and_the_persons_own_repeat_told_apart(lights, dispatcher):
    for number in range(30):
        factories.case(version=lights.current, text=f"{number}号楼的路灯不亮，请来修理。")
    other = factories.case(version=lights.current, text=SAID, point=(26.08, 119.30))
    mine = factories.case(
        version=lights.current, text=SAID + "又响了。", contact=create_contact(phone="13812345678")
    )
    case = factories.case(
        version=lights.current, text="莲花路北口井盖松动，车一过就响。", point=(26.0801, 119.3001),
        contact=create_contact(phone="138 1234 5678"),
    )  # fmt: skip
    proposing.propose(case.pk)
    shape = showing.for_case(case, user=dispatcher)
    assert [row.case for row in shape.duplicates] == [other]
    assert [row.case for row in shape.repeats] == [mine]


def test_nobody_is_shown_a_case_that_they_may_not_open_nor_who_is_behind_a_confidential_one(lights, noise):
    far = factories.case(version=noise.current, text=SAID)
    own = factories.case(version=lights.current, text=SAID, contact=create_contact(phone="13812345678"))
    case = factories.case(version=lights.current, text=SAID, contact=create_contact(phone="13812345678"))
    proposing.propose(case.pk)
    officer = factories.user((Role.OFFICER, lights.current.unit))
    shape = showing.for_case(case, user=officer)
    assert far not in [row.case for row in shape.duplicates]
    assert [row.case for row in shape.repeats] == [own]
    Case.objects.filter(pk=case.pk).update(anonymity="dispatcher")
    case.refresh_from_db()
    shape = showing.for_case(case, user=officer)
    assert not shape.repeats, "that both are of one person is nobody's business"


def test_the_same_words_a_kilometre_away_or_half_a_year_ago_are_another_matter(lights, dispatcher):
    factories.case(version=lights.current, text=SAID, point=(26.20, 119.30))
    case = factories.case(version=lights.current, text=SAID[:16], point=(26.08, 119.30))
    proposing.propose(case.pk)
    near = [row.percent for row in showing.for_case(case, user=dispatcher).duplicates]
    same = factories.case(version=lights.current, text=SAID, point=(26.08, 119.30))
    other = factories.case(version=lights.current, text=SAID[:16], point=(26.08, 119.30))
    proposing.propose(other.pk)
    found = {row.case.pk: row.percent for row in showing.for_case(other, user=dispatcher).duplicates}
    assert found[same.pk] > max(near, default=0)


def test_somebody_says_whether_it_is_the_same(lights, dispatcher):
    other = factories.case(version=lights.current, text=SAID)
    case = factories.case(version=lights.current, text=SAID)
    proposing.propose(case.pk)
    taking.confirm_duplicate(case.pk, other=other.pk, user=dispatcher)
    assert showing.for_case(case, user=dispatcher).duplicates[0].verdict == "same"
    taking.deny_duplicate(case.pk, other=other.pk, user=dispatcher)
    assert showing.for_case(case, user=dispatcher).duplicates[0].verdict == "other"
    with pytest.raises(Missing):
        taking.confirm_duplicate(case.pk, other=case.pk, user=dispatcher)
