"""The life of a consultation: the table, walked at random, and what its verbs promise."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from huiyin.accounts.enums import Permission, Role
from huiyin.audit.models import Record
from huiyin.consultations import logic
from huiyin.consultations.enums import OVER, Action, Audience, Party, Results, State
from huiyin.consultations.models import Consultation
from huiyin.consultations.operations import answers, phases, planning
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Refusal
from tests import staff
from tests.factories import consulting

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
MOMENTS = st.one_of(st.none(), st.integers(-50, 50).map(lambda days: NOW + days * DAY))
FACTS = st.builds(
    logic.Facts,
    state=st.sampled_from(State),
    now=st.just(NOW),
    has_question=st.booleans(),
    opens_at=MOMENTS,
    closes_at=MOMENTS,
    has_short_reason=st.booleans(),
    can_be_voted_on=st.booleans(),
    audience_reachable=st.booleans(),
    later_end=MOMENTS,
    has_end_reason=st.booleans(),
    waiting=st.integers(0, 2),
    undecided=st.integers(0, 2),
    has_conclusion=st.booleans(),
)


@given(FACTS, st.sampled_from(Action), st.sampled_from(Party))
def test_nothing_is_announced_closed_or_answered_without_what_it_needs(facts, action, party):
    move = logic.decide(facts, action, party)
    if isinstance(move, logic.Refused):
        return
    assert facts.state in move.sources
    if action is Action.SCHEDULE:
        assert facts.has_short_reason or facts.closes_at - facts.opens_at >= 30 * DAY
        assert facts.closes_at > NOW
    if action is Action.CLOSE:
        assert facts.has_end_reason or facts.closes_at <= NOW
    if action is Action.ANSWER:
        assert not facts.waiting
        assert not facts.undecided
        assert facts.has_conclusion
    if action is Action.ARCHIVE:
        assert facts.state is State.ANSWERED


@given(st.sampled_from(State), st.sampled_from(Results))
def test_results_hidden_until_close_are_seen_by_nobody(state, results):
    seen = logic.results_visible(state, results)
    assert seen is (state in OVER or (state is State.OPEN and results is Results.LIVE))


@given(st.integers(0, 100))
def test_few_people_are_not_counted_in_public(count):
    assert logic.shown(count) == (None if 0 < count < 5 else count)


class Life(RuleBasedStateMachine):
    """Any order of moves and any passing of time: what was announced stays visible, and nothing ends unanswered."""

    @initialize(days=st.integers(1, 60), reason=st.booleans())
    def begin(self, days, reason):
        self.facts = logic.Facts(
            state=State.DRAFT,
            now=NOW,
            opens_at=NOW + DAY,
            closes_at=NOW + (1 + days) * DAY,
            has_short_reason=reason,
            undecided=3,
        )
        self.seen = [State.DRAFT]

    def move(self, action, party, **given):
        from dataclasses import replace

        move = logic.decide(replace(self.facts, **given), action, party)
        if not isinstance(move, logic.Refused):
            self.facts = replace(self.facts, state=move.target or self.facts.state)
            self.seen.append(self.facts.state)
        return move

    @rule(action=st.sampled_from(Action), party=st.sampled_from(Party), reason=st.booleans())
    def act(self, action, party, reason):
        self.move(action, party, has_end_reason=reason, later_end=self.facts.now + 90 * DAY)

    @rule(days=st.integers(1, 40))
    def wait(self, days):
        from dataclasses import replace

        self.facts = replace(self.facts, now=self.facts.now + days * DAY)

    @precondition(lambda self: self.facts.state is State.CLOSED)
    @rule()
    def decide_all(self):
        from dataclasses import replace

        self.facts = replace(self.facts, undecided=0, has_conclusion=True)

    @invariant()
    def order_is_kept(self):
        if not hasattr(self, "seen"):
            return
        order = list(State)
        for before, after in zip(self.seen, self.seen[1:], strict=False):
            step = order.index(after) - order.index(before)
            assert step in {0, 1} or (before, after) == (State.SCHEDULED, State.DRAFT)
        if self.facts.state in {State.ANSWERED, State.ARCHIVED}:
            assert self.facts.undecided == 0
            assert self.facts.has_conclusion


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


@pytest.mark.django_db
def test_a_whole_life_leaves_history_and_audit_records():
    row = consulting.opened()
    row = consulting.closed(row)
    verdict = answers.Verdict(decision="adopted", reasons={"en": "Good."}, unit=staff.a_unit())
    ids = list(row.statements.values_list("pk", flat=True))
    answers.decide(row.pk, statement_ids=ids, verdict=verdict, actor="system")
    answers.conclude(row.pk, conclusions={"en": "Thank you."}, actor="system")
    phases.answer(row.pk, actor="system")
    phases.archive(row.pk, actor="system")
    row.refresh_from_db()
    assert row.state == State.ARCHIVED
    steps = list(row.events.order_by("pk").values_list("action", flat=True))
    assert steps == ["schedule", "open", "close", "decide", "decide", "answer", "archive"]
    assert Record.objects.filter(subject=f"consultation:{row.pk}", action="consultation.archive").count() == 1
    assert row.events.get(action="answer").data == {"adopted": 3}


@pytest.mark.django_db
def test_less_than_thirty_days_needs_a_published_reason():
    short = {"closes_at": clock.now() + 7 * DAY}
    row = consulting.consultation(**short)
    with pytest.raises(Conflict, match="at least 30 days"):
        phases.schedule(row.pk, actor="system")
    row = consulting.consultation(**short, short_reasons={"en": "The building season ends."})
    phases.schedule(row.pk, actor="system")
    assert row.events.get(action="schedule").reasons == {"en": "The building season ends."}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"opens_at": None}, "when it opens"),
        ({"seeds": (), "accepts_statements": False}, "at least one statement"),
        ({"audience": Audience.CODES}, "make codes"),
        ({"audience": Audience.RESIDENTS}, "register"),
    ],
)
def test_nothing_is_announced_that_nobody_could_take_part_in(given, says):
    row = consulting.consultation(**given)
    with pytest.raises(Conflict, match=says):
        phases.schedule(row.pk, actor="system")


@pytest.mark.django_db
def test_closing_destroys_the_secret_and_computes_the_map():
    row = consulting.opened()
    consulting.planted(row, people=12)
    row = consulting.closed(row)
    assert row.secret == ""
    assert row.map.is_final
    assert row.map.state is None
    assert row.map.result["participants"] == 12


@pytest.mark.django_db
def test_before_its_end_it_closes_for_a_published_reason_only():
    row = consulting.opened()
    with pytest.raises(Conflict, match="write the reason"):
        phases.close_early(row.pk, reasons={"en": "  "}, actor="system")
    phases.close_early(row.pk, reasons={"en": "The plan was withdrawn."}, actor="system")
    assert row.events.get(action="close").reasons == {"en": "The plan was withdrawn."}


@pytest.mark.django_db
def test_an_unanswered_consultation_cannot_be_archived():
    row = consulting.closed(consulting.opened())
    with pytest.raises(Conflict):
        phases.archive(row.pk, actor="system")
    with pytest.raises(Conflict, match="no answer yet"):
        phases.answer(row.pk, actor="system")


@pytest.mark.django_db
def test_an_announced_consultation_is_not_changed_behind_peoples_backs():
    row = consulting.consultation()
    planning.change(
        row.pk, draft=consulting.draft(questions={"en": "Which park?"}), actor="system", revision=1
    )
    phases.schedule(row.pk, actor="system")
    with pytest.raises(Conflict):
        planning.change(row.pk, draft=consulting.draft(), actor="system", revision=3)
    phases.withdraw(row.pk, actor="system")
    with pytest.raises(Conflict, match="Somebody else"):
        planning.change(row.pk, draft=consulting.draft(), actor="system", revision=1)


@pytest.mark.django_db
def test_the_end_moves_only_backwards_in_nobodys_favour():
    row = consulting.opened()
    with pytest.raises(Conflict, match="later"):
        phases.extend(row.pk, closes_at=row.closes_at - DAY, reasons={}, actor="system")
    phases.extend(row.pk, closes_at=row.closes_at + DAY, reasons={"en": "Many asked for it."}, actor="system")
    assert Consultation.objects.get(pk=row.pk).closes_at == row.closes_at + DAY


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_only_organisers_of_the_unit_move_a_consultation(role):
    row = consulting.consultation()
    by = staff.user(role, unit=staff.a_unit() if role in {Role.OFFICER, Role.UNIT_HEAD} else None)
    other = consulting.consultation(unit=staff.a_unit("parks"))
    may = by.standing().may(Permission.CONSULT_UNIT) or by.standing().may(Permission.CONSULT_ALL)
    everywhere = by.standing().may(Permission.CONSULT_ALL)
    for one, allowed in ((row, may), (other, everywhere)):
        if allowed:
            phases.schedule(one.pk, actor=by)
        else:
            with pytest.raises(Denied):
                phases.schedule(one.pk, actor=by)


@pytest.mark.django_db
def test_drafts_that_make_no_sense_are_refused_field_by_field():
    now = clock.now()
    with pytest.raises(Invalid) as raised:
        consulting.consultation(
            questions={"en": " "}, opens_at=now, closes_at=now, audience=Audience.UNIT, member_unit_id=None
        )
    assert set(raised.value.fields) == {"questions", "closes_at", "member_unit_id"}
    with pytest.raises(Refusal):
        planning.create("Ä ö", unit=staff.a_unit(), draft=consulting.draft(), actor="system")
