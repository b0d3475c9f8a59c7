"""The promise behind an answer: made once, in public, and in the end kept with proof or not kept with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations import logic
from huiyin.consultations.enums import PROMISING, Action, Promised, State
from huiyin.consultations.models import Answer, Promise
from huiyin.consultations.operations import following
from huiyin.consultations.operations.acting import Acting, acting
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid, Missing

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """What is promised and how it is proved, by language; who does it, and by when."""

    whats: dict[str, str]
    proofs: dict[str, str]
    unit: Unit
    due_on: dt.date


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a promise: the words by language, and perhaps an address where the proof can be seen."""

    state: Promised
    words: dict[str, str]
    link: str = ""


def promise(pk: int, *, answer_id: int, pledge: Pledge, actor: accounts.Actor) -> Promise:
    """Put a promise behind an answer that adopts something; public as soon as the answer is.

    Until the answer is published a promise before it is replaced; afterwards it stands. Refuses (Missing) an answer of
    another consultation, (Invalid) no words or a day that has passed, (Conflict) where nothing is adopted, where there
    is a public promise already, or while the consultation is open or archived.
    """
    whats, proofs = _said(pledge.whats), _said(pledge.proofs)
    with acting(pk, Action.PROMISE, actor=actor) as act:
        answer = _answer(act, answer_id)
        if answer.decision not in PROMISING:
            raise Conflict(_("What is not adopted promises nothing. Change the answer first."))
        if act.from_state != State.CLOSED and Promise.objects.filter(answer=answer).exists():
            raise Conflict(_("This promise is public and stays as it is. Say what became of it instead."))
        _check_pledge(whats, proofs, pledge.due_on)
        made, _new = Promise.objects.update_or_create(
            answer=answer,
            defaults={
                "whats": whats,
                "proofs": proofs,
                "unit": pledge.unit,
                "due_on": pledge.due_on,
                "author": accounts.actor_user(actor),
            },
        )
        act.data = {"promise": made.pk, "due_on": pledge.due_on.isoformat()}
        if act.from_state == State.ANSWERED:
            act.reasons = whats
    return made


def settle(pk: int, *, answer_id: int, outcome: Outcome, actor: accounts.Actor) -> Promise:
    """Say in public what became of a promise: kept, with what proves it, or not kept, with the reason.

    Those who wanted to be told and wrote one of its statements, or asked to be told in general, get a notice; a job
    sends it after commit. Refuses (Missing) no promise, (Invalid) no words or a wrong address of the proof,
    (Conflict) before the answer is published, or where that was said already; what was not kept may still be kept.
    """
    words = _said(outcome.words)
    with acting(pk, Action.SETTLE, actor=actor) as act:
        made = Promise.objects.filter(answer=_answer(act, answer_id)).select_related("unit").first()
        if made is None:
            raise Missing(_("Nothing is promised here."))
        if not logic.may_settle(Promised(made.state), outcome.state):
            raise Conflict(_("What became of this promise was said already."))
        _check_outcome(words, outcome.link)
        made.state, made.settled_on = outcome.state, clock.today()
        made.outcomes, made.link = words, outcome.link
        made.save(update_fields=["state", "settled_on", "outcomes", "link"])
        act.reasons, act.data = words, {"promise": made.pk, "state": outcome.state.value}
        following.tell_settled(act.consultation, made)
    return made


def _answer(act: Acting, pk: int) -> Answer:
    found = act.consultation.answers.filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def _said(texts: dict[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in texts.items() if text.strip()}


def _check_pledge(whats: dict[str, str], proofs: dict[str, str], due_on: dt.date) -> None:
    problems = {}
    if not whats:
        problems["whats"] = _("Write what is promised.")
    if not proofs:
        problems["proofs"] = _("Write how everybody will see that it was kept.")
    if due_on < clock.today():
        problems["due_on"] = _("This day has passed.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def _check_outcome(words: dict[str, str], link: str) -> None:
    problems = {}
    if not words:
        problems["outcomes"] = _("Write what was done and what proves it, or why it was not done.")
    try:
        if link:
            URLValidator(schemes=["http", "https"])(link)
    except ValidationError:
        problems["link"] = _("Write the whole address, beginning with https://.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
