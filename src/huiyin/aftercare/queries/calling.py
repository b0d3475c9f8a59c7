"""Reads about callbacks: the queue of those who call, and what became of the calls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission
from huiyin.aftercare.enums import CallbackState
from huiyin.aftercare.models import Callback
from huiyin.cases import permissions as cases
from huiyin.cases.enums import Anonymity, State
from huiyin.cases.queries import recent
from huiyin.kernel import clock, public_ids
from huiyin.kernel.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huiyin.cases.models import Case

ABOUT_CHARACTERS = 80
IN_VAIN = (CallbackState.NOT_REACHED, CallbackState.REFUSED, CallbackState.WRONG_NUMBER)
COUNTED_DAYS = 30
# Says what follows already, in the words of the index.
_OVER = ~Q(state=CallbackState.WAITING)


@dataclass(frozen=True)
class Ends:
    """How the callbacks of the last days ended; the last three are nobody's satisfaction."""

    reached: int = 0
    not_reached: int = 0
    refused: int = 0
    wrong_number: int = 0


def queue(user: Any) -> QuerySet[Callback]:
    """Callbacks that this user may make, the most urgent first; those of the own units are not among them."""
    rows = _for(user).filter(
        state=CallbackState.WAITING,
        reply__verdict=None,
        reply__case__state__in=(State.ANSWERED, State.CLOSED),
    )
    return rows.order_by("due_at", "pk")


def ended(user: Any) -> QuerySet[Callback]:
    """Callbacks that ended without a verdict, newest first."""
    over = (CallbackState.NOT_REACHED, CallbackState.REFUSED, CallbackState.WRONG_NUMBER)
    return _for(user).filter(_OVER, state__in=over).order_by("-ended_at", "-pk")


def to_call(number: str, *, user: Any) -> Callback:
    """The waiting callback of a case, or Missing."""
    row = queue(user).filter(reply__case__number=public_ids.plain(number)).first()
    if row is None:
        raise Missing(_("Nobody has to be called about this case any more."))
    return row


def of_case(case: Case) -> Callback | None:
    """The newest callback of a case, for its page; the attempts stand in its timeline."""
    return Callback.objects.filter(reply__case=case).order_by("-pk").first()


def ends() -> Ends:
    """How callbacks ended in the last 30 days."""
    since = clock.now() - dt.timedelta(days=COUNTED_DAYS)
    rows = Callback.objects.filter(_OVER, ended_at__gte=since)
    return Ends(
        **rows.aggregate(**{name: Count("pk", filter=Q(state=name)) for name in Ends.__annotations__})
    )


def _for(user: Any) -> QuerySet[Callback]:
    rows = Callback.objects.select_related(
        "caller", "reply__unit", "reply__case__service__current", "reply__case__contact"
    ).annotate(about=Left("reply__case__text", ABOUT_CHARACTERS))
    if not has_permission(user, Permission.SEE_CONFIDENTIAL):
        rows = rows.filter(reply__case__anonymity=Anonymity.OFFICE)
    rows = rows.exclude(reply__case__in=recent.closed_ids(user))
    own = user.standing().units
    if own:
        # Units that had the case before its last answer are found by the verb, one case at a time.
        rows = rows.exclude(reply__unit__in=own).exclude(reply__case__unit__in=own)
        # Two small sets that an index gives, not one join: that would go through every case there is.
        named = cases.ids_about_ones_own(user)
        rows = rows.exclude(reply__case__in=named).exclude(reply__case__root__in=named)
    return rows


def called_in_vain(reply_ids: Iterable[int]) -> set[int]:
    """Those of these answers whose receiver was called and not reached, or did not want to answer."""
    rows = Callback.objects.filter(reply_id__in=list(reply_ids), state__in=IN_VAIN)
    return set(rows.values_list("reply_id", flat=True))
