"""The promise behind an answer: made once, settled in public, told to whoever waits for it."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.consultations import logic
from huiyin.consultations.enums import Promised, Seen, Standing, State
from huiyin.consultations.models import Consultation, Event, Promise
from huiyin.consultations.operations import answers, following, moderation, phases, promises, taking_part
from huiyin.consultations.queries import exports
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing
from huiyin.notifications.models import Notice
from tests import staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
KEPT = promises.Outcome(
    state=Promised.KEPT,
    words={"zh-hans": "已种二十棵。", "en": "Twenty trees stand."},
    link="https://city.example/trees",
)
NOT_KEPT = promises.Outcome(state=Promised.NOT_KEPT, words={"en": "The ground is too wet."})


def pledge(**given):
    values = {
        "whats": {"zh-hans": "种二十棵树", "en": "Plant twenty trees"},
        "proofs": {"zh-hans": "照片", "en": "A photograph"},
        "unit": staff.a_unit(),
        "due_on": clock.today() + 30 * DAY,
    }
    return promises.Pledge(**values | given)


def decided(row: Consultation, decision: str = "adopted") -> Consultation:
    """Closed, with one answer to all its statements."""
    row = consulting.closed(row)
    ids = list(row.statements.filter(standing=Standing.PUBLISHED).values_list("pk", flat=True))
    verdict = answers.Verdict(decision=decision, reasons={"en": "Good."}, unit=staff.a_unit())
    answers.decide(row.pk, statement_ids=ids, verdict=verdict, actor="system")
    answers.conclude(row.pk, conclusions={"en": "Thanks."}, actor="system")
    return Consultation.objects.get(pk=row.pk)


def promised(row: Consultation | None = None, **given) -> tuple[Consultation, Promise]:
    row = decided(row or consulting.opened())
    made = promises.promise(row.pk, answer_id=row.answers.get().pk, pledge=pledge(**given), actor="system")
    phases.answer(row.pk, actor="system")
    return Consultation.objects.get(pk=row.pk), made


def settled(row: Consultation, made: Promise, outcome: promises.Outcome = KEPT) -> Promise:
    promises.settle(row.pk, answer_id=made.answer_id, outcome=outcome, actor="system")
    return Promise.objects.get(pk=made.pk)


def test_a_promise_is_public_with_its_answer_and_its_fulfilment_too():
    row = decided(consulting.opened())
    client, address = staff.browser(), f"/consultations/{row.code}/"
    made = promises.promise(row.pk, answer_id=row.answers.get().pk, pledge=pledge(), actor="system")
    assert "Plant twenty trees" not in client.get(address).content.decode()
    phases.answer(row.pk, actor="system")
    text = client.get(address).content.decode()
    for words in ("Plant twenty trees", "A photograph", "Promised"):
        assert words in text
    assert "Twenty trees stand" not in text
    settled(row, made)
    text = client.get(address).content.decode()
    assert "Twenty trees stand." in text
    assert 'href="https://city.example/trees"' in text
    assert text.count("Plant twenty trees") == 1, "once for the answer, not for each statement"


@pytest.mark.parametrize(
    ("state", "settled_after", "today_after", "expected"),
    [
        (Promised.OPEN, None, 0, Seen.OPEN),
        (Promised.OPEN, None, 1, Seen.LATE),
        (Promised.KEPT, 0, 9, Seen.KEPT),
        (Promised.KEPT, 1, 9, Seen.KEPT_LATE),
        (Promised.NOT_KEPT, 0, 0, Seen.NOT_KEPT),
    ],
)
def test_a_promise_is_late_from_the_day_after_its_day(state, settled_after, today_after, expected):
    due = dt.date(2026, 11, 30)
    settled_on = None if settled_after is None else due + settled_after * DAY
    assert logic.seen(state, due_on=due, settled_on=settled_on, today=due + today_after * DAY) is expected


def test_late_is_shown_to_everybody_without_anybody_doing_anything():
    row, _made = promised()
    with clock.turned_to(clock.now() + 31 * DAY):
        assert "Late" in staff.browser().get(f"/consultations/{row.code}/").content.decode()


def test_whoever_waits_is_told_about_their_own_statement_when_the_promise_is_settled():
    row = consulting.opened(votes_before_writing=0)
    mine, other = (
        taking_part.write_statement(row.pk, text=text, language="zh-hans", proof=consulting.somebody(text))
        for text in ("多种树。", "卖房电话。")
    )
    moderation.publish(mine.pk, actor="system")
    moderation.remove(other.pk, reason="advertising", actor="system")
    for statement, language in ((mine, "zh-hans"), (other, "en"), (None, "en")):
        following.follow(row, email="a@example.cn", language=language, statement=statement)
    row, made = promised(row)
    first = [notice.body for notice in Notice.objects.order_by("pk")]
    assert len(first) == 3
    assert "种二十棵树" in first[0]
    assert "twenty trees" not in first[1]
    settled(row, made)
    told = [notice.body for notice in Notice.objects.order_by("pk")][3:]
    assert len(told) == 2, "whose statement was not shown is not bothered with the promise"
    assert "您提出的观点：多种树。" in told[0]
    assert "已种二十棵。" in told[0]
    assert "https://city.example/trees" in told[1]
    assert "多种树" not in told[1]
    links = [re.search(r"/told/\S+/", body)[0] for body in (first[0], told[0])]
    assert links[0] == links[1], "the link of the earlier notice still works"
    assert staff.browser().get(links[0]).status_code == 200


def test_not_kept_may_still_be_kept_and_kept_stays_kept():
    row, made = promised()
    assert settled(row, made, NOT_KEPT).seen is Seen.NOT_KEPT
    with clock.turned_to(clock.now() + 40 * DAY):
        assert settled(row, made, KEPT).seen is Seen.KEPT_LATE
        for again in (KEPT, NOT_KEPT):
            with pytest.raises(Conflict, match="said already"):
                settled(row, made, again)


def test_nothing_is_archived_while_a_promise_is_open():
    row, made = promised()
    with pytest.raises(Conflict, match="became of every promise"):
        phases.archive(row.pk, actor="system")
    settled(row, made, NOT_KEPT)
    phases.archive(row.pk, actor="system")
    assert settled(row, made, KEPT).state == Promised.KEPT


def test_what_is_refused():
    with pytest.raises(Conflict, match="Change the answer"):
        row = decided(consulting.opened(), "not_adopted")
        promises.promise(row.pk, answer_id=row.answers.get().pk, pledge=pledge(), actor="system")
    row, made = promised()
    with pytest.raises(Conflict, match="is public"):
        promises.promise(row.pk, answer_id=made.answer_id, pledge=pledge(), actor="system")
    other = decided(consulting.opened())
    with pytest.raises(Missing):
        promises.promise(other.pk, answer_id=made.answer_id, pledge=pledge(), actor="system")
    wrong = {"whats": {"en": " "}, "proofs": {}, "due_on": clock.today() - DAY}
    with pytest.raises(Invalid) as raised:
        promises.promise(other.pk, answer_id=other.answers.get().pk, pledge=pledge(**wrong), actor="system")
    assert set(raised.value.fields) == {"whats", "proofs", "due_on"}
    with pytest.raises(Missing):
        promises.settle(row.pk, answer_id=other.answers.get().pk, outcome=KEPT, actor="system")
    for bad in ("javascript:alert(1)", "ftp://x.example/"):
        with pytest.raises(Invalid) as raised:
            settled(row, made, promises.Outcome(state=Promised.KEPT, words={}, link=bad))
        assert set(raised.value.fields) == {"outcomes", "link"}
    with pytest.raises(Conflict):
        promises.settle(other.pk, answer_id=other.answers.get().pk, outcome=KEPT, actor="system")
    assert Promise.objects.get().state == Promised.OPEN


def test_before_the_answer_is_published_a_promise_can_be_changed():
    row = decided(consulting.opened())
    for day in (10, 20):
        promises.promise(
            row.pk,
            answer_id=row.answers.get().pk,
            pledge=pledge(due_on=clock.today() + day * DAY),
            actor="system",
        )
    assert Promise.objects.get().due_on == clock.today() + 20 * DAY


def test_a_promise_can_come_later_than_the_answer():
    row = decided(consulting.opened())
    phases.answer(row.pk, actor="system")
    promises.promise(row.pk, answer_id=row.answers.get().pk, pledge=pledge(), actor="system")
    assert Event.objects.filter(consultation=row).latest("pk").reasons["en"] == "Plant twenty trees"


def test_every_step_is_in_the_history_and_in_the_audit_record():
    row, made = promised()
    settled(row, made)
    steps = row.events.order_by("pk").values_list("action", flat=True)
    assert list(steps)[-3:] == ["promise", "answer", "settle"]
    assert Record.objects.filter(action__in=("consultation.promise", "consultation.settle")).count() == 2


def test_a_settled_promise_has_words_in_the_database_too():
    _row, made = promised()
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(pk=made.pk).update(state=Promised.KEPT)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.OPERATOR, Role.AUDITOR])
def test_only_those_who_hold_the_consultation_promise(role):
    row, made = promised()
    by = staff.user(role, unit=staff.a_unit() if role is Role.OFFICER else None)
    with pytest.raises(Denied):
        promises.settle(row.pk, answer_id=made.answer_id, outcome=KEPT, actor=by)


def test_promises_are_in_the_results_that_are_taken_out():
    row, made = promised()
    settled(row, made)
    lines = list(exports.results(exports.read(Consultation.objects.get(pk=row.pk))))
    assert lines[0][-3:] == ["promise", "promised_by", "promise_state"]
    assert lines[1][-3:] == ["Plant twenty trees", made.due_on.isoformat(), "kept"]
    assert row.state == State.ANSWERED
