"""The search of staff: any case they may open, by words or number."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from huiyin.accounts.enums import Permission
from huiyin.cases.enums import State
from huiyin.cases.queries import searching
from huiyin.cases.queries.searching import Asked, Found, Order
from huiyin.catalogue.enums import Kind
from huiyin.kernel import public_ids
from huiyin.web.components import access
from huiyin.web.components.states import state_name
from huiyin.web.desk import choices

SEES_CASES = (Permission.SEE_ALL_CASES, Permission.SEE_UNIT_CASES)
MOST_VALUES = 12
ORDERS = {Order.NEWEST: _("Newest first"), Order.BEST: _("Best first")}


@dataclass(frozen=True)
class Value:
    """One value of a filter: how many cases it would leave, and the address that sets it or takes it away."""

    name: str
    count: int
    query: str
    chosen: bool


class SearchForm(forms.Form):
    """The box and the dates; a date that is none narrows nothing."""

    q = forms.CharField(required=False, max_length=500)
    area = forms.ChoiceField(label=_("Area"), required=False)
    since = forms.DateField(label=_("Received from"), required=False)
    until = forms.DateField(label=_("Received until"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="search-%s")
        field: Any = self.fields["area"]
        field.choices = [("", _("All")), *choices.areas()]


@require_GET
@access.requires(*SEES_CASES)
def search(request: HttpRequest) -> HttpResponse:
    """A case by its number; anything else by its words, in all cases that the user may open."""
    form = SearchForm(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q") or ""
    number = public_ids.plain(text)
    if public_ids.case_number_holds(number):
        return redirect("desk:case", number)
    asked = _asked(request.GET, form.cleaned_data)
    user: Any = request.user
    found = searching.find(user, asked)
    context = {
        "form": form,
        "text": text,
        "found": found,
        "most": searching.MOST_COUNTED,
        "order": asked.order,
        "orders": [
            (order.value, name, _without(request.GET, "after", order=order.value))
            for order, name in ORDERS.items()
        ],
        "filters": _filters(request.GET, found),
        "kept": [(name, value) for name in FILTERS for value in request.GET.getlist(name)],
        "beginning": _without(request.GET, "after") if request.GET.get("after") else "",
        "next": _without(request.GET, after=found.after) if found.after else "",
    }
    return render(request, "desk/search.html", context)


def _asked(given: QueryDict, cleaned: dict[str, Any]) -> Asked:
    """The search of an address; values that nobody offers narrow nothing."""
    return Asked(
        text=cleaned.get("q") or "",
        order=Order.BEST if given.get("order") == Order.BEST else Order.NEWEST,
        after=given.get("after", ""),
        units=_numbers(given.getlist("unit")),
        states=[value for value in given.getlist("state") if value in State.values],
        kinds=[value for value in given.getlist("kind") if value in Kind.values],
        services=_numbers(given.getlist("service")),
        area=cleaned.get("area") or "",
        since=cleaned.get("since"),
        until=cleaned.get("until"),
    )


def _numbers(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 10]


def _filters(given: QueryDict, found: Found) -> list[tuple[str, list[Value]]]:
    """Each filter with the values that the cases found have, the most frequent first; those in force stay."""
    shown = []
    for name, (label, column, names) in FILTERS.items():
        counts: Counter[Any] = found.facets.get(column, Counter())
        words = names()
        values = [
            Value(
                words.get(key, key),
                counts.get(key, 0),
                _toggled(given, name, str(key)),
                str(key) in given.getlist(name),
            )
            for key in _keys(counts, given.getlist(name), words)
        ]
        if values:
            shown.append((str(label), values))
    return shown


def _keys(counts: Counter[Any], chosen: list[str], words: dict[Any, str]) -> list[Any]:
    in_force = [key for key in words if str(key) in chosen]
    others = [key for key, _count in counts.most_common() if key in words]
    return [*in_force, *(key for key in others if key not in in_force)][:MOST_VALUES]


def _toggled(given: QueryDict, name: str, value: str) -> str:
    changed = given.copy()
    changed.pop("after", None)
    values = changed.getlist(name)
    changed.setlist(name, [one for one in values if one != value] if value in values else [*values, value])
    return changed.urlencode()


def _without(given: QueryDict, *names: str, **new: str) -> str:
    changed = given.copy()
    for name in names:
        changed.pop(name, None)
    for name, value in new.items():
        changed[name] = value
    return changed.urlencode()


def _states() -> dict[Any, str]:
    return {state.value: str(state_name(state.value)) for state in State}


def _kinds() -> dict[Any, str]:
    return {kind.value: str(kind.label) for kind in Kind}


# Parameter → what it is called, the column it counts, the names of its values.
FILTERS: dict[str, tuple[Any, str, Callable[[], dict[Any, str]]]] = {
    "state": (_("State"), "state", _states),
    "unit": (_("Unit"), "unit_id", choices.unit_names),
    "service": (_("Service"), "service_id", choices.service_names),
    "kind": (_("Kind"), "kind", _kinds),
}
