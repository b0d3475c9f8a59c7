"""Looking things up in the audit trail: by case, user, action and dates."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.audit import queries
from huiyin.cases.queries import numbers
from huiyin.web.components import access
from huiyin.web.components.forms import DateParts
from huiyin.web.manage import pages

ROWS = 50


class SearchForm(forms.Form):
    case = forms.CharField(label=gettext_lazy("Case number"), max_length=30, required=False)
    user = forms.CharField(label=gettext_lazy("User name"), max_length=150, required=False)
    action = forms.CharField(
        label=gettext_lazy("Action"),
        help_text=gettext_lazy("As in the list, such as user.signed_in"),
        max_length=80,
        required=False,
    )
    since = forms.DateField(label=gettext_lazy("From"), widget=DateParts, required=False)
    until = forms.DateField(label=gettext_lazy("To, this day included"), widget=DateParts, required=False)

    def wanted(self) -> dict[str, Any] | None:
        """The conditions as the trail reads them; None if there is no such case or user."""
        values = self.cleaned_data
        case = numbers.pk_of(values["case"]) if values["case"] else None
        user = accounts.by_username(values["user"]) if values["user"] else None
        if (values["case"] and case is None) or (values["user"] and user is None):
            return None
        return {
            "subject": f"case:{case}" if case else "",
            "actor": f"user:{user.pk}" if user else "",
            "action": values["action"],
            "since": _midnight(values["since"], 0),
            "until": _midnight(values["until"], 1),
        }


def _midnight(day: dt.date | None, later: int) -> dt.datetime | None:
    if day is None or not 1970 < day.year < 9000:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=later), dt.time()))


@access.requires(Permission.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Records that fit, newest first."""
    search = SearchForm(request.GET or None)
    wanted = search.wanted() if search.is_valid() else ({} if not search.is_bound else None)
    page = queries.Page([], None)
    if wanted is not None:
        page = queries.search(**wanted, after=request.GET.get("after", ""), limit=ROWS)
    context = {
        "form": search,
        "rows": _rows(page.records),
        "next": page.after,
        "crumbs": [pages.home()],
        "unknown": search.is_bound and search.is_valid() and wanted is None,
    }
    return render(request, "manage/audit.html", context)


def _rows(records: list[Any]) -> list[dict[str, Any]]:
    people = [name for row in records for name in (row.actor, row.subject)]
    names = accounts.names_of(_ids("user", people))
    cases = numbers.of(_ids("case", (row.subject for row in records)))
    known = {"case": cases, "user": names}
    fixed = {"system": _("the machine"), "person": _("the person")}
    return [
        {
            "record": row,
            "actor": fixed.get(row.actor) or names.get(_id(row.actor), row.actor),
            "subject": known.get(_kind(row.subject), {}).get(_id(row.subject), row.subject),
            "data": json.dumps(row.data, ensure_ascii=False) if row.data else "",
        }
        for row in records
    ]


def _kind(name: str) -> str:
    return name.partition(":")[0]


def _id(name: str) -> int:
    number = name.partition(":")[2]
    return int(number) if number.isdecimal() else 0


def _ids(kind: str, names: Iterable[str]) -> set[int]:
    return {_id(name) for name in names if _kind(name) == kind}
