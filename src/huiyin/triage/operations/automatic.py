"""What is filed without a person: by rules and thresholds that an administrator switched on, marked, and sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huiyin.audit import operations as audit
from huiyin.cases.enums import State
from huiyin.cases.operations import acting, handling
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.triage import logic
from huiyin.triage.enums import DECIDED, Mode, Question, Source, Taken
from huiyin.triage.models import Decision, Review, Rule, Threshold
from huiyin.triage.queries import matters

if TYPE_CHECKING:
    from huiyin.cases.models import Case
    from huiyin.triage.models import Proposal
    from huiyin.triage.queries.matters import Choice

UNTOUCHED = (State.RECEIVED, State.ASSIGNED)
RECENT = 50


def carry_out(proposal: Proposal, case: Case) -> bool:
    """File the case as proposed where that is switched on; whether anything was done.

    Nobody has touched the case yet: it waits, or lies unsigned with the unit of its service. A service that the person
    chose is changed by a rule only, never by a probability.
    """
    if case.state not in UNTOUCHED:
        return False
    best = {Question(question): matters.read(rows[0]) for question, rows in proposal.answers.items() if rows}
    automatic = {row.pk: row for row in Rule.objects.filter(mode=Mode.AUTOMATIC, pk__in=_rules_of(best))}
    by_rule = {
        question: choice
        for question, choice in best.items()
        if choice.source == Source.RULE and choice.rule_id in automatic
    }
    if by_rule:
        rule = automatic[next(iter(by_rule.values())).rule_id or 0]
        ground = {"rule": rule.pk, "name": rule.name}
        return _file(proposal, case, by_rule, ground=ground, rule=rule)
    choice = best.get(Question.SERVICE)
    threshold = _threshold(case, choice)
    if threshold is None or choice is None:
        return False
    ground = {"threshold": threshold.pk, "percent": int(choice.probability * 100)}
    answers = {question: best[question] for question in DECIDED if question in best}
    return _file(proposal, case, answers, ground=ground, threshold=threshold)


def _rules_of(best: dict[Question, Choice]) -> list[int]:
    return [choice.rule_id for choice in best.values() if choice.rule_id]


def _threshold(case: Case, choice: Choice | None) -> Threshold | None:
    if choice is None or case.service_id is not None or choice.source == Source.RULE:
        return None
    row = Threshold.objects.filter(service_id=int(choice.value), mode=Mode.AUTOMATIC).first()
    return row if row is not None and choice.probability * 100 >= row.percent else None


def _file(
    proposal: Proposal,
    case: Case,
    answers: dict[Question, Choice],
    *,
    ground: dict[str, Any],
    rule: Rule | None = None,
    threshold: Threshold | None = None,
) -> bool:
    actor = acting.by_itself(ground)
    done = _classify(case, answers, actor) | _assign(case, answers, actor)
    if not done:
        return False
    decide = [
        Decision(
            case=case, question=question, proposed=answers[question].value, decided=answers[question].value,
            became=Taken.TAKEN, source=answers[question].source, probability=answers[question].probability,
            strength=answers[question].strength, rule=rule, threshold=threshold, is_automatic=True,
            service_id=_number(answers.get(Question.SERVICE)) or case.service_id,
            unit_id=_number(answers.get(Question.UNIT)) or case.unit_id, at=clock.now(),
        )
        for question in done
    ]  # fmt: skip
    Decision.objects.bulk_create(decide, ignore_conflicts=True)
    thing = rule or threshold
    if thing is not None and logic.sampled(proposal.case_id, thing.sample_percent):
        Review.objects.create(case=case, rule=rule, threshold=threshold)
    return True


def _number(choice: Choice | None) -> int | None:
    return int(choice.value) if choice is not None else None


def _classify(case: Case, answers: dict[Question, Choice], actor: acting.Actor) -> set[Question]:
    service, kind = answers.get(Question.SERVICE), answers.get(Question.KIND)
    row = catalogue.leaf(int(service.value) if service else case.service_id or 0)
    if row is None or row.current is None or not (service or kind):
        return set()
    wanted = Kind(kind.value) if kind else Kind(row.current.kind if service else case.kind)
    if row.pk == case.service_id and wanted == case.kind:
        return set()
    handling.classify(case.pk, version=row.current, kind=wanted, actor=actor)
    return {question for question in (Question.SERVICE, Question.KIND) if question in answers}


def _assign(case: Case, answers: dict[Question, Choice], actor: acting.Actor) -> set[Question]:
    choice = answers.get(Question.UNIT)
    unit = organisations.unit(int(choice.value)) if choice else None
    if unit is None or not unit.is_active or unit.pk == case.unit_id:
        return set()
    handling.assign(case.pk, unit=unit, actor=actor)
    return {Question.UNIT}


def stop_if_wrong(*, rule: Rule | None = None, threshold: Threshold | None = None) -> bool:
    """Let a rule or threshold only propose again if people disagreed too often; whether it stopped.

    Counted are the last reviews and corrections since it was switched on. After commit: the start of Manage says so.
    """
    model: Any = Rule if rule is not None else Threshold
    given: Any = rule or threshold
    thing = model.objects.select_for_update().get(pk=given.pk)
    if thing.mode != Mode.AUTOMATIC:
        return False
    own = {"rule" if rule is not None else "threshold": thing}
    reviewed, disagreed = judged(own, since=thing.automatic_since)
    if not logic.must_stop(reviewed=reviewed, disagreed=disagreed, most_percent=thing.most_disagreement):
        return False
    thing.mode, thing.stopped_at = Mode.PROPOSES, clock.now()
    thing.save(update_fields=["mode", "stopped_at"])
    name = "rule" if rule is not None else "threshold"
    audit.record(
        f"triage.{name}.stopped", actor="system", subject=f"{name}:{thing.pk}",
        data={"reviewed": reviewed, "disagreed": disagreed},
    )  # fmt: skip
    return True


def judged(own: dict[str, Any], *, since: Any) -> tuple[int, int]:
    """How many of the last automatic decisions people judged, and with how many they disagreed.

    A review judges; so does an officer who changes what was filed by itself.
    """
    after = {"created_at__gte": since} if since else {}
    reviews = dict(
        Review.objects.filter(**own, **after, agrees__isnull=False)
        .order_by("-id").values_list("case_id", "agrees")[:RECENT]
    )  # fmt: skip
    changed = (
        Decision.objects.filter(
            **own, is_automatic=True, became=Taken.CHANGED, **({"at__gte": since} if since else {})
        )
        .order_by("-at")
        .values_list("case_id", flat=True)[:RECENT]
    )
    verdicts = reviews | dict.fromkeys(changed, False)
    return len(verdicts), sum(not agrees for agrees in verdicts.values())
