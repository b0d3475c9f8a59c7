"""A proposal as colleagues see it: with names, with reasons, and only with past cases that the reader may open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from huiyin.cases.queries import similar
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.organisations import queries as organisations
from huiyin.triage.enums import Question, Taken
from huiyin.triage.models import Decision, Proposal
from huiyin.triage.queries import answers, duplicates, matters
from huiyin.triage.queries.matters import Alike, Choice, Considered, Matter

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case

LEAST_PROBABLE = 0.05
MOST_CHOICES = 3


@dataclass(frozen=True)
class Shown:
    """One proposed answer: its name, how sure in percent, why, and whether the case stands so already."""

    choice: Choice
    name: str
    percent: int
    cases: Sequence[Case] = ()
    stands: bool = False


@dataclass(frozen=True)
class Duplicate:
    """A case that may be about the same matter, and what somebody said of that."""

    case: Case
    percent: int
    verdict: str = ""


@dataclass(frozen=True)
class Shape:
    """Everything that a screen shows of a proposal."""

    answers: dict[str, list[Shown]] = field(default_factory=dict)
    duplicates: list[Duplicate] = field(default_factory=list)
    repeats: list[Duplicate] = field(default_factory=list)
    personal_data: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.answers or self.duplicates or self.repeats)

    def best(self, question: Question) -> Shown | None:
        """The first answer to a question."""
        found = self.answers.get(question.value)
        return found[0] if found else None


def for_case(case: Case, *, user: User) -> Shape:
    """What was proposed for a case; computed now where the job has not been there yet."""
    row = Proposal.objects.filter(case_id=case.pk).first()
    found = _read(row) if row is not None else _now(case)
    related = {alike.case_id for alike in found.duplicates}
    related |= {pk for choices in found.answers.values() for choice in choices for pk in choice.cases}
    visible = similar.shown(related, user=user) if related else {}
    verdicts = _verdicts(case.pk) if found.duplicates else {}
    tell_repeats = similar.may_know_repeats(user, case)
    shown = _answers(case, found, visible)
    alike = [
        (
            row,
            Duplicate(visible[row.case_id], round(row.probability * 100), verdicts.get(str(row.case_id), "")),
        )
        for row in found.duplicates
        if row.case_id in visible
    ]
    return Shape(
        shown,
        [duplicate for row, duplicate in alike if not (row.is_own and tell_repeats)],
        [duplicate for row, duplicate in alike if row.is_own and tell_repeats],
        found.personal_data,
    )


def while_typing(matter: Matter, *, user: User, phone: str = "", email: str = "") -> Shape:
    """Cases that may be about what somebody is just saying; those of the caller apart from those of others."""
    repeats = duplicates.of_caller(matter, phone=phone, email=email)
    service = answers.services(matter)[:1]
    near = duplicates.near(matter, services=[int(choice.value) for choice in service])
    found = duplicates.alike(matter, near, repeats=repeats)
    visible = similar.shown({row.case_id for row in found}, user=user) if found else {}
    alike = [
        (row.is_own, Duplicate(visible[row.case_id], round(row.probability * 100)))
        for row in found
        if row.case_id in visible and (not row.is_own or similar.may_know_repeats(user, visible[row.case_id]))
    ]
    return Shape(
        duplicates=[row for is_own, row in alike if not is_own],
        repeats=[row for is_own, row in alike if is_own],
    )


def for_many(cases: Collection[Case]) -> dict[int, Shape]:
    """The answers for several cases, without past cases and duplicates; those without a proposal are left out."""
    rows = Proposal.objects.filter(case_id__in=[case.pk for case in cases])
    stored = {row.case_id: row for row in rows}
    return {case.pk: Shape(_answers(case, _read(stored[case.pk]), {})) for case in cases if case.pk in stored}


def _read(row: Proposal) -> Considered:
    return Considered(
        {Question(name): tuple(map(matters.read, choices)) for name, choices in row.answers.items()},
        tuple(Alike(found["case"], found["probability"], found["own"]) for found in row.duplicates),
        row.personal_data,
    )


def _now(case: Case) -> Considered:
    if case.anonymised_at is not None:
        return Considered()
    matter = matters.of_case(case)
    return answers.everything(matter, repeats=duplicates.of_contact(matter, case.contact))


def _verdicts(case_id: int) -> dict[str, str]:
    rows = Decision.objects.filter(case_id=case_id, question=Question.DUPLICATE)
    return {row.proposed: "same" if row.became == Taken.TAKEN else "other" for row in rows}


def _answers(case: Case, found: Considered, visible: dict[int, Any]) -> dict[str, list[Shown]]:
    stands = {
        Question.SERVICE: str(case.service_id or ""),
        Question.UNIT: str(case.unit_id or ""),
        Question.KIND: case.kind if case.service_id else "",
        Question.URGENCY: case.urgency,
    }
    shown = {}
    for question, proposed in found.answers.items():
        choices = proposed
        if question is Question.UNIT:
            choices = answers.impartial(proposed, about=case.about_unit_id)
        named = [(choice, name_of(question, choice.value)) for choice in choices]
        kept = [(choice, name) for choice, name in named if name and choice.probability >= LEAST_PROBABLE]
        if kept:
            shown[question.value] = [
                Shown(
                    choice, name, round(choice.probability * 100),
                    [visible[pk] for pk in choice.cases if pk in visible], stands[question] == choice.value,
                )
                for choice, name in kept[:MOST_CHOICES]
            ]  # fmt: skip
    return shown


def name_of(question: Question, value: str) -> str:
    """A proposed answer in the reader's language; empty for what is not on offer any more."""
    if question is Question.SERVICE:
        return catalogue.service_name(catalogue.leaf(int(value)))
    if question is Question.UNIT:
        return catalogue.localised(organisations.receiving_names().get(int(value), {}))
    choices = Kind if question is Question.KIND else Urgency
    return str(choices(value).label) if value in choices.values else ""
