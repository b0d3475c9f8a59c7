"""What is proposed for a text: rules first, then what was learnt, then the services' own words. One path for all.

The public form and the desk ask for services only (`services`); a case that came in is asked everything (`everything`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils import timezone

from huiyin.cases.queries import disputes
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.engines.text import overlap, personal_data
from huiyin.engines.text.phrases import Said
from huiyin.kernel import beside
from huiyin.organisations import queries as organisations
from huiyin.triage import logic
from huiyin.triage.enums import Question, Source
from huiyin.triage.queries import duplicates, rules, trained
from huiyin.triage.queries.matters import Choice, Considered, Matter
from huiyin.triage.queries.rarity import rarity

if TYPE_CHECKING:
    from huiyin.catalogue.models import Service, ServiceVersion
    from huiyin.triage.models import Rule
    from huiyin.triage.queries.duplicates import Found

MOST_SERVICES = 5
REASON_WORDS = 4
LONGEST = 4_000
# Below this a model's second thoughts are noise.
LEAST_SHOWN = 0.03
# The share of a precedent's matter, rare words weighing more, that a text must say for it to be alike.
MOSTLY = 0.5


def offered(text: str, *, at: Matter | None = None, most: int = MOST_SERVICES) -> list[Service]:
    """The services to offer for a text, best first; for forms."""
    matter = at or Matter(text=text, at=timezone.localtime())
    found = (catalogue.leaf(int(choice.value)) for choice in services(matter))
    return [row for row in found if row is not None][:most]


def services(matter: Matter) -> tuple[Choice, ...]:
    """The services that fit a text, best first, without looking for past cases."""
    if not matter.text.strip():
        return ()
    return _services(matter, _held(matter))


def warm_up() -> None:
    """Read what proposals need into memory, so that the first words that somebody types wait for nothing."""
    rules.in_force()
    rules.words_seen()
    rarity()
    trained.classifier(Question.SERVICE)
    catalogue.leaf(0)


def everything(matter: Matter, *, repeats: Sequence[Found] = ()) -> Considered:
    """All answers for a matter. `repeats`: other cases of the same contact, which count as the person's own.

    While the database looks for like cases, the models read the text.
    """
    if not matter.text.strip():
        return Considered(personal_data=_marks(matter))
    held = _held(matter)
    with beside.asking() as ask:
        search = duplicates.Search(matter, ask)
        first = _services(matter, held)
        search.add([int(choice.value) for choice in first[:1]])
        version = _version(matter, first)
        kinds = _kinds(matter, held, version, first)
        units = impartial(_units(matter, held, version, first), about=matter.about_unit_id)
        marks = _marks(matter)
        near = search.found()
    answers = {
        Question.SERVICE: tuple(_with_cases(choice, near) for choice in first[:1]) + first[1:],
        Question.KIND: kinds,
        Question.UNIT: units,
        Question.URGENCY: _urgencies(held, version, first),
    }
    return Considered(
        {question: found for question, found in answers.items() if found},
        duplicates.alike(matter, near, repeats=repeats),
        marks,
    )


def _marks(matter: Matter) -> dict[str, int]:
    return dict(Counter(span.type.value for span in personal_data.find(matter.text)))


Held = dict[Question, Choice]


def _held(matter: Matter) -> Held:
    """For each question the answer of the first rule that holds."""
    standing = rules.in_force()
    if not standing:
        return {}
    facts = logic.Facts(
        said=Said.of(matter.whole), at=timezone.localtime(matter.at), service_id=matter.service_id,
        unit_id=matter.unit_id, area_code=matter.area_code, kind=matter.kind,
    )  # fmt: skip
    found: Held = {}
    for row in standing:
        said = logic.holds(row.conditions, facts)
        if said is None:
            continue
        for question, value in said_by(row.rule).items():
            found.setdefault(
                question,
                Choice(
                    value=value, probability=row.probability, source=Source.RULE, words=said,
                    rule_id=row.rule.pk, rule_name=row.rule.name,
                ),
            )  # fmt: skip
    return found


def said_by(rule: Rule) -> dict[Question, str]:
    """What a rule answers. A service brings its unit along, unless the rule names another."""
    version = rule.then_service.current if rule.then_service is not None else None
    unit = rule.then_unit_id or (version.unit_id if version is not None else None)
    found = {
        Question.SERVICE: str(rule.then_service_id or ""),
        Question.UNIT: str(unit or ""),
        Question.KIND: rule.then_kind,
        Question.URGENCY: rule.then_urgency,
    }
    return {question: value for question, value in found.items() if value}


def _services(matter: Matter, held: Held) -> tuple[Choice, ...]:
    ruled = [held[Question.SERVICE]] if Question.SERVICE in held else []
    learnt = [choice for choice in _learnt(Question.SERVICE, matter) if catalogue.leaf(int(choice.value))]
    worded = _by_words(matter)
    # What was learnt knows better, except of services that it has never seen: these take from its certainty.
    unseen = (
        [choice for choice in worded if not trained.knows(Question.SERVICE, choice.value)]
        if learnt
        else worded
    )
    doubt = max((choice.strength for choice in unseen), default=0.0)
    others = [replace(choice, probability=choice.probability * (1 - doubt)) for choice in learnt] + unseen
    best = sorted(others, key=lambda choice: -choice.probability)
    taken = {choice.value for choice in ruled}
    return tuple(ruled + [choice for choice in best if choice.value not in taken])[:MOST_SERVICES]


def _by_words(matter: Matter) -> list[Choice]:
    seen = rules.words_seen()
    return [
        Choice(
            value=str(fit.service.pk), probability=logic.words_probability(fit.strength, seen),
            source=Source.WORDS, words=fit.words, strength=fit.strength,
        )
        for fit in catalogue.fitting(matter.whole, most=MOST_SERVICES)
        if fit.words  # a character in common is no word in common
    ]  # fmt: skip


def _learnt(question: Question, matter: Matter, *more: str) -> list[Choice]:
    """What the model in use says; nothing where there is none. Only the best answer is explained."""
    model = trained.classifier(question)
    if model is None:
        return []
    document = (matter.whole[:LONGEST], *more)
    (proposals,) = model.propose([document], count=3)
    found = [row for place, row in enumerate(proposals) if not place or row.probability >= LEAST_SHOWN]
    words = [reason.word for reason in model.explain(document, found[0].label, count=REASON_WORDS)]
    return [
        Choice(
            value=row.label, probability=row.probability, source=Source.MODEL, strength=row.probability,
            words=tuple(words) if not place else (),
        )
        for place, row in enumerate(found)
    ]  # fmt: skip


def _with_cases(choice: Choice, near: Sequence[Found]) -> Choice:
    """The answer with the most similar past cases that were filed alike."""
    alike = [row.case_id for row in near if str(row.service_id) == choice.value][:3]
    return replace(choice, cases=tuple(alike))


def _version(matter: Matter, first: Sequence[Choice]) -> ServiceVersion | None:
    """The service that the other answers follow from: what is proposed, else what stands."""
    pk = int(first[0].value) if first else matter.service_id
    row = catalogue.leaf(pk) if pk else None
    return row.current if row is not None else None


def _follows(value: str, first: Sequence[Choice]) -> Choice:
    sure = first[0].probability if first else 0.5
    return Choice(value=value, probability=sure, source=Source.FOLLOWS)


def _kinds(
    matter: Matter, held: Held, version: ServiceVersion | None, first: Sequence[Choice]
) -> tuple[Choice, ...]:
    if Question.KIND in held:
        return (held[Question.KIND],)
    learnt = [choice for choice in _learnt(Question.KIND, matter) if choice.value in Kind.values]
    if learnt:
        return tuple(learnt[:1])
    return (_follows(version.kind, first),) if version is not None else ()


def _units(
    matter: Matter, held: Held, version: ServiceVersion | None, first: Sequence[Choice]
) -> tuple[Choice, ...]:
    if Question.UNIT in held:
        return (held[Question.UNIT],)
    before = _ruled_before(matter, version)
    if before is not None:
        return (before,)
    service = str(version.service_id) if version is not None else ""
    learnt = _learnt(Question.UNIT, matter, service)
    if learnt:
        return tuple(learnt)
    return (_follows(str(version.unit_id), first),) if version is not None and version.unit_id else ()


def impartial(choices: tuple[Choice, ...], *, about: int | None) -> tuple[Choice, ...]:
    """Without the unit complained about and what belongs to it, whatever a rule, an arbiter or a model says."""
    if about is None:
        return choices
    return tuple(
        choice
        for choice in choices
        if about not in organisations.with_all_above(frozenset({int(choice.value)}))
    )


def _ruled_before(matter: Matter, version: ServiceVersion | None) -> Choice | None:
    """The unit that an arbiter named in a like matter of this service: rare words of it must stand in the text."""
    if version is None:
        return None
    decided = disputes.in_force(version.service_id)
    tokens, weights = overlap.tokens(matter.whole) if decided else frozenset(), rarity().weights
    for row in decided:
        if row.unit.is_active and overlap.covered(overlap.tokens(row.matter), tokens, weights) >= MOSTLY:
            return Choice(
                value=str(row.unit_id), probability=logic.rule_probability(0, 0), source=Source.PRECEDENT,
                rule_name=row.matter,
            )  # fmt: skip
    return None


def _urgencies(held: Held, version: ServiceVersion | None, first: Sequence[Choice]) -> tuple[Choice, ...]:
    if Question.URGENCY in held:
        return (held[Question.URGENCY],)
    return (_follows(version.urgency, first),) if version is not None else ()
