"""The steps from draft to archive. Opening and closing at their dates is done by a job, through the same verbs."""

import datetime as dt

from huiyin.accounts import queries as accounts
from huiyin.consultations.enums import Action, Party
from huiyin.consultations.models import Consultation, OpinionMap
from huiyin.consultations.operations import answers, following, maps
from huiyin.consultations.operations.acting import acting


def schedule(pk: int, *, actor: accounts.Actor) -> Consultation:
    """Announce it: everybody sees question, dates and rules. A job opens it on its day.

    Refuses (Conflict) while something is missing: question, dates, at least the promised number of days or a published
    reason, something to vote on, a way for those who may take part.
    """
    with acting(pk, Action.SCHEDULE, actor=actor) as act:
        act.reasons = act.consultation.short_reasons
        act.data = _dates(act.consultation)
    return act.consultation


def withdraw(pk: int, *, actor: accounts.Actor) -> None:
    """Take an announcement back before it opens; it becomes a draft again."""
    with acting(pk, Action.WITHDRAW, actor=actor):
        pass


def open_due(pk: int) -> Consultation:
    """Open it, because its day has come. Refuses (Conflict) before that."""
    with acting(pk, Action.OPEN, actor="system", party=Party.SYSTEM) as act:
        act.consultation.opened_at = act.now
        OpinionMap.objects.get_or_create(consultation=act.consultation)
    return act.consultation


def extend(pk: int, *, closes_at: dt.datetime, reasons: dict[str, str], actor: accounts.Actor) -> None:
    """Give people more time; the reason is published. Refuses (Conflict) an end that is not later."""
    with acting(pk, Action.EXTEND, actor=actor, later_end=closes_at) as act:
        act.reasons = reasons
        act.consultation.closes_at = closes_at
        act.data = _dates(act.consultation)


def close_due(pk: int) -> None:
    """Close it, because its end has come. Refuses (Conflict) before that; else as `close_early`."""
    with acting(pk, Action.CLOSE, actor="system", party=Party.SYSTEM) as act:
        _close(act.consultation, act.now)


def close_early(pk: int, *, reasons: dict[str, str], actor: accounts.Actor) -> None:
    """Close it before its end, for a published reason.

    No vote counts afterwards. The secret that made the pseudonyms is destroyed, so that votes can never again be traced
    to a code or a browser; then the final map is computed from scratch, in the same transaction.
    """
    given = {language: text for language, text in reasons.items() if text.strip()}
    with acting(pk, Action.CLOSE, actor=actor, has_end_reason=bool(given)) as act:
        act.reasons = given
        _close(act.consultation, act.now)


def answer(pk: int, *, actor: accounts.Actor) -> None:
    """Publish what becomes of every statement, and tell those who wanted to be told.

    Refuses (Conflict) while a statement waits to be looked at, a shown one is undecided, or the answer as a whole is
    not written.
    """
    with acting(pk, Action.ANSWER, actor=actor) as act:
        act.consultation.answered_at = act.now
        act.data = answers.counts(act.consultation)
        following.tell_answered(act.consultation)


def archive(pk: int, *, actor: accounts.Actor) -> None:
    """Put an answered consultation away; it stays public. Those who wanted to be told are forgotten."""
    with acting(pk, Action.ARCHIVE, actor=actor) as act:
        following.forget(act.consultation)


def _close(row: Consultation, now: dt.datetime) -> None:
    row.closed_at = now
    row.secret = ""
    maps.compute_final(row)


def _dates(row: Consultation) -> dict[str, str]:
    return {
        name: moment.isoformat()
        for name in ("opens_at", "closes_at")
        if (moment := getattr(row, name)) is not None
    }
