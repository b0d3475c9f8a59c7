"""Legal holds: those that run, and those that ended."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from huiyin.cases import permissions
from huiyin.cases.models import Case, Hold
from huiyin.kernel.errors import Conflict

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huiyin.accounts.models import User


def of_case(case: Case) -> Hold | None:
    """The hold that runs; no query where there is none."""
    if case.held_until is None:
        return None
    return Hold.objects.select_related("by").filter(case=case, ended_at__isnull=True).first()


def running(user: User) -> QuerySet[Hold]:
    """Holds that run, the first to end first, as far as the user may open their cases."""
    return _shown(user).filter(ended_at__isnull=True).order_by("until", "pk")


def ended(user: User) -> QuerySet[Hold]:
    """Holds that ended, newest first; those that a new one replaced are not among them."""
    return _shown(user).filter(ended_at__isnull=False).exclude(end="renewed").order_by("-ended_at", "-pk")


def over(today: dt.date) -> list[int]:
    """Ids of the cases whose hold ended before this day."""
    rows = Case.objects.filter(held_until__isnull=False, held_until__lt=today)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def check_free(held_until: dt.date | None) -> None:
    """Refuse (Conflict) to erase anything while a hold runs; the sentence is for the person."""
    if held_until is not None:
        raise Conflict(
            _(
                "The office is bound by law to keep this case until %(date)s, and nothing of it can be erased before. "
                "Come back after that day."
            )
            % {"date": date_format(held_until, "DATE_FORMAT")}
        )


def free() -> Q:
    """Cases of which something may be erased: neither they nor what they are a part of are held."""
    return Q(held_until__isnull=True) & (Q(root__isnull=True) | Q(root__held_until__isnull=True))


def _shown(user: User) -> QuerySet[Hold]:
    rows = Hold.objects.select_related("case__unit", "by", "ended_by").defer("case__text", "case__words")
    return rows.filter(case__in=Case.objects.filter(permissions.visible(user)).values("pk"))
