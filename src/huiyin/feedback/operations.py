"""Storing verdicts, and what is left out of the figures. There is no verb for changing a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huiyin.feedback.enums import ExclusionReason, ExclusionState, Reason, Solved, Via
from huiyin.feedback.models import Exclusion, Verdict
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from huiyin.accounts.models import User

LONGEST_TEXT = 2_000
REASON_CHARACTERS = (6, 500)


@dataclass(frozen=True, kw_only=True)
class Given:
    """The three answers of the person, and what they added."""

    contacted: bool
    solved: Solved
    satisfaction: int
    reasons: Sequence[Reason] = ()
    text: str = ""


def store(given: Given, *, via: Via, entered_by: User | None = None, by_filer: bool = False) -> Verdict:
    """Store one verdict. Refuses a satisfaction outside 1 to 5 and an overlong text."""
    if not 1 <= given.satisfaction <= 5:
        raise Invalid(_("Choose 1 to 5."), fields={"satisfaction": _("Choose 1 to 5.")})
    if len(given.text) > LONGEST_TEXT:
        raise Invalid(
            _("At most %(most)s characters.") % {"most": LONGEST_TEXT}, fields={"text": _("Shorten this.")}
        )
    return Verdict.objects.create(
        contacted=given.contacted,
        solved=given.solved,
        satisfaction=given.satisfaction,
        reasons=[reason.value for reason in given.reasons],
        text=given.text.replace("\x00", ""),
        via=via,
        entered_by=entered_by,
        by_filer=by_filer,
    )


def ask_exclusion(verdict: Verdict, *, reason: ExclusionReason, text: str, user: User) -> Exclusion:
    """Keep the wish to leave a verdict out. Refuses (Invalid) an empty or overlong text, (Conflict) a second wish."""
    said, (least, most) = " ".join(text.replace("\x00", "").split()), REASON_CHARACTERS
    if not least <= len(said) <= most:
        message = _("Say in %(least)d to %(most)d characters why it should not count.") % {
            "least": least,
            "most": most,
        }
        raise Invalid(message, fields={"text": message})
    try:
        with transaction.atomic():
            return Exclusion.objects.create(verdict=verdict, reason=reason, text=said, asked_by=user)
    except IntegrityError as error:
        raise Conflict(_("Somebody has asked for this already.")) from error


def decide_exclusion(exclusion: Exclusion, *, state: ExclusionState, user: User, text: str) -> None:
    """Store a decision, in the caller's transaction; who may decide was asked before."""
    exclusion.state, exclusion.decided_by, exclusion.decided_at = state, user, clock.now()
    exclusion.decision_text = text.replace("\x00", "").strip()[: REASON_CHARACTERS[1]]
    exclusion.save(update_fields=["state", "decided_by", "decided_at", "decision_text"])
