"""Storing verdicts. There is no verb for changing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.feedback.enums import Reason, Solved, Via
from huiyin.feedback.models import Verdict
from huiyin.kernel.errors import Invalid

if TYPE_CHECKING:
    from huiyin.accounts.models import User

LONGEST_TEXT = 2_000


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
