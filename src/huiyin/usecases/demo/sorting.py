"""Sorting in the demonstration city: rules, dispatchers who take proposals or know better, and what is learnt from it."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING

from huiyin.cases.operations import acting, handling
from huiyin.catalogue.enums import Kind
from huiyin.kernel import clock
from huiyin.triage.enums import Mode, Question
from huiyin.triage.operations import learning, proposing, reviewing, ruling, taking, training
from huiyin.triage.queries import figures, matters

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case
    from huiyin.catalogue.models import Service
    from huiyin.triage.models import Proposal

# What the person did not choose a service for; a tenth of it still waits.
UNSORTED = 0.2
STILL_WAITING = 0.12


def build_rules(services: dict[str, Service]) -> None:
    """Three rules: one that files by itself, one by night, one for a word that says it all."""
    light = ruling.create_rule(
        ruling.Draft(
            name="路灯不亮", words=("路灯", "灯不亮"),
            then_service=services["street-light"], sample_percent=50,
        ),
        actor="system",
    )  # fmt: skip
    ruling.switch_rule(light.pk, mode=Mode.AUTOMATIC, actor="system")
    ruling.create_rule(
        ruling.Draft(
            name="夜间施工", words=("施工", "打桩", "电钻"), hour_from=22, hour_until=6,
            then_service=services["building-noise"], then_kind=Kind.COMPLAINT,
        ),
        actor="system",
    )  # fmt: skip
    ruling.create_rule(
        ruling.Draft(name="表扬信", words=("表扬", "感谢信", "锦旗"), then_kind=Kind.PRAISE), actor="system"
    )


class Sorter:
    """Proposes for a case that came in, and lets a dispatcher decide."""

    def __init__(self, dispatcher: User, *, seed: int) -> None:
        self.dispatcher = dispatcher
        self.chance = random.Random(seed)  # noqa: S311 -- a city, not a secret
        self.sorted: list[int] = []

    @property
    def leaves_unsorted(self) -> bool:
        """Whether the next case comes in without a service."""
        return self.chance.random() < UNSORTED

    def sort(self, case: Case, right: Service, *, at: dt.datetime, end: dt.datetime) -> dt.datetime:
        """Propose at once; send what has no unit where it belongs. Returns when that was done."""
        with clock.turned_to(at):
            proposal = proposing.propose(case.pk)
        self.sorted.append(case.pk)
        case.refresh_from_db()
        later = at + dt.timedelta(minutes=self.chance.uniform(4, 90))
        if case.unit_id is not None or later >= end or self.chance.random() < STILL_WAITING:
            return at
        with clock.turned_to(later):
            self._decide(case, proposal, right)
        case.refresh_from_db()
        return later

    def _decide(self, case: Case, proposal: Proposal | None, right: Service) -> None:
        rows = proposal.answers.get(Question.SERVICE.value, []) if proposal is not None else []
        if rows and matters.read(rows[0]).value == str(right.pk):
            taking.take_all(case.pk, user=self.dispatcher, revision=case.revision)
            return
        version = right.current
        if version is not None and version.unit is not None:
            actor = acting.staff(self.dispatcher)
            handling.classify(case.pk, version=version, kind=Kind(version.kind), actor=actor)
            handling.assign(case.pk, unit=version.unit, actor=actor)

    def learn(self) -> None:
        """Note what became of everything, judge some of what was filed by itself, and train."""
        learning.note(self.sorted)
        for row in figures.to_review(user=self.dispatcher, most=20)[:-3]:
            reviewing.agree(row.review.pk, user=self.dispatcher)
        training.train_all()
