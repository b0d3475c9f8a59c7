"""What decisions about a consultation look at."""

import dataclasses
import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from huiyin.consultations import logic
from huiyin.consultations.enums import Action, Audience, Party, Standing, State
from huiyin.consultations.models import Code, Consultation
from huiyin.consultations.queries import promises
from huiyin.kernel import clock, ports
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey


def facts(consultation: Consultation, now: dt.datetime, **given: Any) -> logic.Facts:
    """The facts of a consultation; `given` says what the action brings (`later_end`, `has_end_reason`, …)."""
    counts = consultation.statements.aggregate(
        waiting=Count("pk", filter=Q(standing=Standing.WAITING)),
        published=Count("pk", filter=Q(standing=Standing.PUBLISHED)),
        undecided=Count("pk", filter=Q(standing=Standing.PUBLISHED, is_meta=False, answer=None)),
    )
    found = logic.Facts(
        state=State(consultation.state),
        now=now,
        has_question=bool(consultation.questions),
        opens_at=consultation.opens_at,
        closes_at=consultation.closes_at,
        least_days=least_days(),
        has_short_reason=bool(consultation.short_reasons),
        can_be_voted_on=counts["published"] > 0 or consultation.accepts_statements,
        audience_reachable=_reachable(consultation),
        waiting=counts["waiting"],
        undecided=counts["undecided"],
        has_conclusion=bool(consultation.conclusions),
        open_promises=promises.open_ones(consultation).count() if consultation.answered_at else 0,
    )
    return dataclasses.replace(found, **given)


def least_days() -> int:
    """How long consultations are open unless a reason is published."""
    return int(organisations.setting(SettingKey.CONSULTATION_DAYS))


def offered(consultation: Consultation) -> dict[Action, list[logic.Need]]:
    """What an organiser can do in this state, with what is still missing for it."""
    found = facts(consultation, clock.now())
    moves = [move for move in logic.MOVES if Party.ORGANISER in move.parties and found.state in move.sources]
    return {move.action: logic.missing_needs(found, move.needs) for move in moves}


def _reachable(consultation: Consultation) -> bool:
    audience = Audience(consultation.audience)
    codes = 0
    if audience is Audience.CODES:
        codes = Code.objects.filter(consultation=consultation, batch__revoked_at=None)[:1].count()
    return logic.reachable(
        audience,
        codes=codes,
        has_register=bool(ports.load(settings.HUIYIN_REGISTER).questions()),
        has_unit=consultation.member_unit_id is not None,
    )
