"""Filters of the worklist: read from the address, remembered in the session, shown as a form."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import State
from huiyin.cases.queries import worklist
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.web.components import punctuation
from huiyin.web.components.states import state_name
from huiyin.web.desk import choices

SESSION_KEY = "worklist"
# A link to a list carries this mark when it means "exactly these filters"; without it the remembered ones stay.
EXACTLY = "filter"


class FilterForm(forms.Form):
    """All fields are optional; a value that nobody offers is ignored rather than refused."""

    q = forms.CharField(label=_("Words or number"), required=False, max_length=200)
    state = forms.MultipleChoiceField(label=_("State"), required=False, widget=forms.CheckboxSelectMultiple)
    service = forms.ChoiceField(label=_("Service"), required=False)
    kind = forms.MultipleChoiceField(
        label=_("Kind"), required=False, choices=Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    channel = forms.MultipleChoiceField(
        label=_("Channel"), required=False, widget=forms.CheckboxSelectMultiple
    )
    urgency = forms.MultipleChoiceField(
        label=_("Urgency"), required=False, choices=Urgency.choices, widget=forms.CheckboxSelectMultiple
    )
    area = forms.ChoiceField(label=_("Area"), required=False)
    since = forms.DateField(
        label=_("Received from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("Received until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s")
        anything = [("", _("All"))]
        self._choose("state", [(state.value, state_name(state)) for state in State])
        self._choose("service", [*anything, *choices.service_groups()])
        self._choose("channel", [(code, name) for _pk, code, name in choices.channels()])
        self._choose("area", [*anything, *choices.areas()])

    def _choose(self, name: str, options: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = options

    def filters(self) -> worklist.Filters:
        """What the list is narrowed to; fields with errors narrow nothing."""
        self.is_valid()
        given = self.cleaned_data
        codes = set(given.get("channel") or ())
        return worklist.Filters(
            states=tuple(given.get("state") or ()),
            kinds=tuple(given.get("kind") or ()),
            urgencies=tuple(given.get("urgency") or ()),
            channels=tuple(pk for pk, code, _name in choices.channels() if code in codes),
            services=tuple(choices.service_ids(given.get("service") or "")),
            area=given.get("area") or "",
            since=given.get("since"),
            until=given.get("until"),
            text=given.get("q") or "",
        )

    def chosen(self) -> list[tuple[str, str, str]]:
        """(field, label, what was chosen) of each filter in force, to be shown above the list."""
        self.is_valid()
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value:
                found.append((name, str(field.label), self._in_words(name, value)))
        return found

    def _in_words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            return str(value)
        flat: dict[str, Any] = {}
        for key, label in list(cast("Any", field.choices)):
            flat.update(dict(label) if isinstance(label, list) else {key: label})
        values = value if isinstance(value, list) else [value]
        return punctuation.listing(str(flat.get(one, one)).strip("　") for one in values)


def remembered(request: HttpRequest) -> QueryDict:
    """The filters and the tab in force: those of the address, else those of the last time."""
    before = str(request.session.get(SESSION_KEY, ""))
    chosen = QueryDict(before, mutable=True)
    if EXACTLY in request.GET:
        chosen = request.GET.copy()
    elif "tab" in request.GET:
        chosen["tab"] = request.GET["tab"]
    for passing in ("after", "lang", EXACTLY):
        chosen.pop(passing, None)
    for name in [name for name, values in chosen.lists() if not any(values)]:
        del chosen[name]
    if chosen.urlencode() != before:
        request.session[SESSION_KEY] = chosen.urlencode()[:2_000]
    return chosen
