"""Rules in their order, and what they are worth so far."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import Count, Q, QuerySet, Value

from huiyin.triage import logic
from huiyin.triage.enums import Mode, Source, Taken
from huiyin.triage.models import Decision, Rule, Threshold

SECONDS_REMEMBERED = 5
RIGHT = (Taken.TAKEN, Taken.AGREED)
NAMED = ("service__current", "unit", "area", "then_service__current", "then_unit")


@dataclass(frozen=True)
class Standing:
    """A rule with its conditions, and how sure it is."""

    rule: Rule
    conditions: logic.Conditions
    probability: float


def rules() -> QuerySet[Rule]:
    """All rules, from the top, with every name that a screen shows."""
    return Rule.objects.select_related(*NAMED)


def rule(pk: int) -> Rule | None:
    """One rule, or None."""
    return rules().filter(pk=pk).first()


def threshold(service_id: int) -> Threshold | None:
    """The threshold of a service, or None."""
    return Threshold.objects.filter(service_id=service_id).first()


def thresholds() -> dict[int, Threshold]:
    """All thresholds by service."""
    return {row.service_id: row for row in Threshold.objects.all()}


def in_force() -> list[Standing]:
    """Rules that are switched on, from the top; remembered for some seconds."""
    cache = caches["local"]
    found: list[Standing] | None = cache.get("triage-rules")
    if found is None:
        rows = list(Rule.objects.exclude(mode=Mode.OFF).select_related("area", "then_service__current"))
        counts = kept_remembered() if rows else {}
        found = [
            Standing(row, conditions(row), logic.rule_probability(*counts.get(row.pk, (0, 0))))
            for row in rows
        ]
        cache.set("triage-rules", found, SECONDS_REMEMBERED)
    return found


def conditions(row: Rule) -> logic.Conditions:
    """What must fit, in the form that `logic` reads."""
    return logic.Conditions(
        words=tuple(row.words),
        service_ids=frozenset({row.service_id} if row.service_id else ()),
        unit_id=row.unit_id,
        area_code=row.area.code if row.area else "",
        kind=row.kind,
        weekdays=frozenset(row.weekdays),
        hour_from=row.hour_from,
        hour_until=row.hour_until,
    )


def kept() -> dict[int, tuple[int, int]]:
    """By rule, how many of its proposals officers kept, and how many were decided."""
    rows = (
        Decision.objects.filter(rule__isnull=False)
        .values("rule")
        .annotate(right=Count("id", filter=Q(became__in=RIGHT)), all=Count("id"))
    )
    return {row["rule"]: (row["right"], row["all"]) for row in rows}


def kept_remembered() -> dict[int, tuple[int, int]]:
    """The same, remembered for a minute."""
    cache = caches["local"]
    found: dict[int, tuple[int, int]] | None = cache.get("triage-rules-kept")
    if found is None:
        found = kept()
        cache.set("triage-rules-kept", found, 60)
    return found


def words_seen() -> dict[int, tuple[int, int]]:
    """By strength of the words, how many proposals from words of services were kept, and how many were decided."""
    cache = caches["local"]
    found: dict[int, tuple[int, int]] | None = cache.get("triage-words-seen")
    if found is None:
        found = {}
        rows = Decision.objects.filter(source=Source.WORDS, question="service").order_by("-at")
        for strength, became in rows.values_list("strength", "became")[:5_000]:
            right, decided = found.get(logic.bin_of(strength), (0, 0))
            found[logic.bin_of(strength)] = (right + (became in RIGHT), decided + 1)
        cache.set("triage-words-seen", found, 60)
    return found


def stopped() -> list[tuple[str, int]]:
    """What switched itself off and was not switched on again since: names of rules, ids of services of thresholds."""
    cache = caches["local"]
    found: list[tuple[str, int]] | None = cache.get("triage-stopped")
    if found is None:
        named = Rule.objects.filter(stopped_at__isnull=False).order_by()
        services = Threshold.objects.filter(stopped_at__isnull=False).order_by()
        both = named.values_list("name", Value(0)).union(services.values_list(Value(""), "service_id"))
        found = [(str(name), int(service)) for name, service in both]
        cache.set("triage-stopped", found, SECONDS_REMEMBERED)
    return found
