"""An office that can be walked through by all actions of all roles in any order; `test_every_story` says what must hold."""

import datetime as dt
from typing import Any

from django.core.cache import caches
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from huiyin.accounts.enums import Role
from huiyin.cases.enums import (
    ExtensionReason,
    NotAcceptedReason,
    Outcome,
    ReturnReason,
    State,
)
from huiyin.cases.models import Case, Event, Extension, Merge, Reply
from huiyin.cases.operations import (
    acting,
    extensions,
    handling,
    holding,
    joint,
    merging,
    person,
    publishing,
    returns,
    secrecy,
    splitting,
    supervision,
)
from huiyin.cases.queries import family
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.hooks.operations import setting_up
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.usecases import clockwork, own_data, warnings
from tests import factories

START = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)
NOTE = "a-note-that-nobody-outside-may-read"
WORKING = (State.ASSIGNED, State.ACCEPTED, State.IN_PROGRESS, State.AWAITING_PERSON)
RESTORED = ("unit_id", "officer_id", "promised_at", "first_unit_id", "accepted_at")
EVERYBODY = ["officer_a", "officer_b", "head_a", "head_b", "dispatcher", "arbiter", "supervisor", "desk"]
# Whoever has the case acts more often than the others, so that stories get far.
WHO = st.sampled_from([*EVERYBODY, *["own"] * 4, *["own_head"] * 2, "dispatcher", "supervisor"])
WHICH = st.integers(0, 3)
UNIT = st.sampled_from([0, 1])


class Office(RuleBasedStateMachine):
    """Two units, everybody above them, four people."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = START
        self.units = [factories.unit(), factories.unit()]
        a, b = self.units
        self.people = {
            "officer_a": (Role.OFFICER, a), "officer_b": (Role.OFFICER, b), "head_a": (Role.UNIT_HEAD, a),
            "head_b": (Role.UNIT_HEAD, b), "dispatcher": (Role.DISPATCHER, None), "arbiter": (Role.ARBITER, None),
            "supervisor": (Role.SUPERVISOR, None), "desk": (Role.OPERATOR, None),
        }  # fmt: skip
        self.people = {name: acting.staff(factories.user(role)) for name, role in self.people.items()}
        services = [factories.service(unit=unit).current for unit in self.units]
        with clock.turned_to(self.now):
            self.cases = [factories.case(version=services[n // 2 % 2]).pk for n in range(3)]
            self.cases.append(factories.case(version=None).pk)
        self.promised = dict(Case.objects.values_list("pk", "promised_at"))
        self.dues = dict(Case.objects.values_list("pk", "due_at"))
        self.seen = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.verdicts: dict[int, tuple[Any, ...]] = {}
        self.before_merger: dict[int, dict[str, Any]] = {}
        self.texts = dict(Case.objects.values_list("pk", "text"))
        with transaction.atomic():
            setting_up.create(setting_up.Terms(name="Mirror", url="https://1.1.1.1/"), actor="system")
        caches["local"].clear()

    def teardown(self):
        self.at_the_end()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, verb, *args, **kwargs):
        """Do it at the present moment; a refusal must be a sentence and must have changed nothing."""
        before = self.picture()
        try:
            with clock.turned_to(self.now), transaction.atomic():
                return verb(*args, **kwargs)
        except Refusal as refusal:
            said = str(refusal.message or refusal.code)
        assert said, "every refusal is a sentence"
        assert self.picture() == before
        return None

    def picture(self):
        rows = Case.objects.order_by("pk").values_list(
            "pk", "state", "revision", "unit_id", "due_at", "outcome"
        )
        return list(rows), Event.objects.count(), Reply.objects.count(), Extension.objects.count()

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        self.now += dt.timedelta(hours=hours)
        with clock.turned_to(self.now):
            clockwork.resume_expired_pauses()
            clockwork.put_undecided_before_arbiter()
            warnings.warn_of_deadlines()
            clockwork.close_silent_cases()

    @rule(who=WHO, which=WHICH, unit=UNIT)
    def send(self, who, which, unit):
        self.attempt(handling.assign, self.cases[which], unit=self.units[unit], actor=self.by(who, which))

    @rule(who=WHO, which=WHICH, what=st.sampled_from([handling.sign_for, handling.start, handling.resume]))
    def step(self, who, which, what):
        self.attempt(what, self.cases[which], actor=self.by(who, which))

    @rule(who=WHO, which=WHICH)
    def note(self, who, which):
        self.attempt(handling.write_note, self.cases[which], text=NOTE, actor=self.by(who, which))

    @rule(who=WHO, which=WHICH, what=st.sampled_from([handling.ask, handling.inform]))
    def letter(self, who, which, what):
        self.attempt(what, self.cases[which], text="Which lamp is it?", actor=self.by(who, which))

    @rule(who=WHO, which=WHICH, outcome=st.sampled_from([Outcome.SOLVED, Outcome.CANNOT]))
    def answer(self, who, which, outcome):
        pk = self.cases[which]
        group = self.followers(pk)
        reply = self.attempt(handling.answer, pk, text="Done.", outcome=outcome, actor=self.by(who, which))
        if reply is not None:
            for follower in group:
                row = Case.objects.get(pk=follower)
                assert (row.state, row.outcome, row.merged_into_id) == (State.ANSWERED, outcome, None)
                assert row.replies.filter(text="Done.", outcome=outcome).exists(), (
                    "everybody gets the outcome"
                )

    @rule(who=WHO, which=WHICH)
    def decline(self, who, which):
        pk = self.cases[which]
        group = self.followers(pk)
        done = self.attempt(
            handling.not_accept,
            pk,
            reason=NotAcceptedReason.COURT,
            text="A court.",
            actor=self.by(who, which),
        )
        if done is not None:
            assert all(Case.objects.get(pk=one).state == State.NOT_ACCEPTED for one in group)

    @rule(which=WHICH, what=st.sampled_from([person.write, person.reopen]))
    def the_person_writes(self, which, what):
        self.attempt(what, self.cases[which], text="It is still dark.")

    def by(self, who, which):
        """The actor; "own" and "own_head" belong to the unit that has the case just then."""
        if not who.startswith("own"):
            return self.people[who]
        unit = Case.objects.filter(pk=self.cases[which]).values_list("unit_id", flat=True).get()
        letter = "b" if unit == self.units[1].pk else "a"
        return self.people[f"head_{letter}" if who == "own_head" else f"officer_{letter}"]

    @rule(which=WHICH, mood=st.integers(0, 9))
    def the_person_withdraws(self, which, mood):
        if mood == 9:
            self.attempt(person.withdraw, self.cases[which])

    @rule(which=WHICH, who=st.one_of(st.none(), WHO), solved=st.sampled_from(list(Solved)))
    def verdict(self, which, who, solved):
        actor = self.by(who, which) if who else acting.PERSON
        given = Given(contacted=True, solved=solved, satisfaction=3)
        self.attempt(person.judge, self.cases[which], given=given, actor=actor)

    @rule(who=WHO, which=WHICH, days=st.integers(-1, 12))
    def more_time(self, who, which, days):
        self.attempt(
            extensions.ask, self.cases[which], days=days, reason=ExtensionReason.WORKS, text="Pipes.",
            actor=self.by(who, which),
        )  # fmt: skip

    @rule(who=WHO, which=WHICH, grants=st.booleans())
    def decide_on_more_time(self, who, which, grants):
        if grants:
            self.attempt(extensions.grant, self.cases[which], actor=self.by(who, which))
        else:
            self.attempt(extensions.refuse, self.cases[which], why="No.", actor=self.by(who, which))

    @rule(who=WHO, which=WHICH)
    def give_back(self, who, which):
        self.attempt(
            returns.give_back,
            self.cases[which],
            reason=ReturnReason.NO_POWER,
            text="No.",
            actor=self.by(who, which),
        )

    @rule(who=WHO, which=WHICH, unit=UNIT)
    def rule_on_it(self, who, which, unit):
        self.attempt(
            returns.rule,
            self.cases[which],
            unit=self.units[unit],
            matter="Lamp",
            ground="Law.",
            actor=self.by(who, which),
        )

    @rule(who=WHO, which=WHICH, other=WHICH)
    def merge(self, who, which, other):
        one, two = self.cases[which], self.cases[other]
        kept = Case.objects.filter(pk=two).values(*RESTORED).get()
        if self.attempt(merging.merge, one, others=[two], actor=self.by(who, which)) is not None:
            self.before_merger[two] = kept

    @rule(who=WHO, which=WHICH)
    def unmerge(self, who, which):
        pk = self.cases[which]
        if self.attempt(merging.unmerge, pk, actor=self.by(who, which)) is not None:
            row = Case.objects.filter(pk=pk).values(*RESTORED).get()
            assert row == self.before_merger[pk], "undoing restores"
            assert Merge.objects.filter(case=pk).latest("pk").state_before == Case.objects.get(pk=pk).state

    @rule(who=WHO, which=WHICH, unit=UNIT)
    def split(self, who, which, unit):
        version = factories.service(unit=self.units[unit]).current if len(self.cases) < 7 else None
        part = splitting.Part(text="A part.", version=version)
        child = self.attempt(splitting.split, self.cases[which], part=part, actor=self.by(who, which))
        if child is not None:
            self.cases[which] = child.pk
            self.cases.append(child.pk)
            self.promised[child.pk] = child.promised_at
            self.dues[child.pk] = child.due_at

    @rule(who=WHO, which=WHICH, unit=UNIT)
    def ask_unit(self, who, which, unit):
        self.attempt(
            joint.ask_unit, self.cases[which], unit=self.units[unit], what="Look.", actor=self.by(who, which),
            due_at=self.now + dt.timedelta(days=2),
        )  # fmt: skip

    @rule(who=WHO, which=WHICH, unit=UNIT)
    def take_over(self, who, which, unit):
        self.attempt(
            supervision.take_over,
            self.cases[which],
            unit=self.units[unit],
            reason="Now.",
            actor=self.by(who, which),
        )

    @rule(who=WHO, which=WHICH)
    def redo(self, who, which):
        self.attempt(supervision.order_redo, self.cases[which], reason="Again.", actor=self.by(who, which))

    @rule(who=WHO, which=WHICH)
    def publish(self, who, which):
        public = publishing.PublicText(title="Lamp", text="A lamp is dark.", answer="Done.")
        self.attempt(publishing.publish, self.cases[which], public=public, actor=self.by(who, which))

    @rule(who=WHO, which=WHICH, hides=st.booleans())
    def confidential(self, who, which, hides):
        verb = secrecy.make_confidential if hides else secrecy.end_confidential
        self.attempt(verb, self.cases[which], actor=self.by(who, which))

    @rule(who=WHO, which=WHICH)
    def unpublish(self, who, which):
        self.attempt(publishing.unpublish, self.cases[which], actor=self.by(who, which))

    @rule(who=WHO, which=WHICH, unit=UNIT)
    def complain_about(self, who, which, unit):
        self.attempt(secrecy.name_unit, self.cases[which], unit=self.units[unit], actor=self.by(who, which))

    @rule(who=WHO, which=WHICH, places=st.booleans())
    def legal_hold(self, who, which, places):
        pk, actor = self.cases[which], self.by(who, which)
        if places:
            until = self.now.date() + dt.timedelta(days=30)
            self.attempt(holding.hold, pk, reason="A court.", until=until, actor=actor)
        else:
            self.attempt(holding.lift, pk, why="Settled.", actor=actor)

    @rule(which=WHICH, mood=st.integers(0, 9))
    def the_person_has_it_erased(self, which, mood):
        pk = self.cases[which]
        held = Case.objects.get(pk=pk).held_until
        if mood == 9:
            self.attempt(own_data.erase, pk)
            assert held is None or Case.objects.get(pk=pk).anonymised_at is None, "a hold keeps it"

    def followers(self, pk):
        found, level = [], [pk]
        while level:
            level = [follower for one in level for follower in family.followers(one)]
            found += level
        return found

    def at_the_end(self):
        """What is looked at once, when a story is over."""
