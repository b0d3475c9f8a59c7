"""The form of a rule: when it holds, and what it proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.organisations import queries as organisations
from huiyin.places import queries as places
from huiyin.triage.operations import ruling
from huiyin.web.manage import fields

if TYPE_CHECKING:
    from huiyin.triage.models import Rule

ANY = ("", _("Any"))
NOTHING = ("", _("Nothing"))


class RuleForm(forms.Form):
    """Conditions above, answers below, then what happens while it files by itself."""

    name = forms.CharField(label=_("Name"), help_text=_("It stands in the timeline of cases."), max_length=80)
    words = forms.CharField(
        label=_("The text says"),
        help_text=_("Words or phrases, one per line; any one of them is enough. Any script will do."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2_500,
        required=False,
    )
    service = fields.ServiceField(label=_("Service as it came in"), required=False)
    unit = fields.UnitField(label=_("Unit as it came in"), required=False)
    area = forms.ChoiceField(label=_("District"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *Kind.choices], required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hour_from = forms.IntegerField(label=_("From hour"), min_value=0, max_value=23, required=False)
    hour_until = forms.IntegerField(
        label=_("Until hour"),
        help_text=_("Such as 22 and 6 for the night."),
        min_value=1,
        max_value=24,
        required=False,
    )
    then_service = fields.ServiceField(
        label=_("Proposed service"), help_text=_("Brings its unit along."), required=False
    )
    then_unit = fields.UnitField(label=_("Proposed unit"), required=False)
    then_kind = forms.ChoiceField(label=_("Proposed kind"), choices=[NOTHING, *Kind.choices], required=False)
    then_urgency = forms.ChoiceField(
        label=_("Proposed urgency class"), choices=[NOTHING, *Urgency.choices], required=False
    )
    sample_percent = forms.IntegerField(
        label=_("When it files by itself: share that people look at (percent)"),
        min_value=1,
        max_value=100,
        initial=10,
    )
    most_disagreement = forms.IntegerField(
        label=_("It stops when more of them than this were wrong (percent)"),
        min_value=0,
        max_value=100,
        initial=10,
    )

    narrow: ClassVar[tuple[str, ...]] = ("hour_from", "hour_until", "sample_percent", "most_disagreement")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields
        own["area"].choices = [ANY, *places.choices(get_language() or "")]
        # Read once for both boxes: a select box asks for its choices twice.
        own["service"].choices = own["then_service"].choices = fields.service_choices()
        own["unit"].choices = own["then_unit"].choices = fields.unit_choices()
        for name in self.narrow:
            self.fields[name].widget.attrs["class"] = "govuk-input--width-4"


def read(row: Rule) -> dict[str, Any]:
    """A rule as the form shows it."""
    same = ("name", "kind", "weekdays", "hour_from", "hour_until", "then_kind", "then_urgency")
    return {name: getattr(row, name) for name in (*same, "sample_percent", "most_disagreement")} | {
        "words": "\n".join(row.words),
        "service": row.service_id,
        "unit": row.unit_id,
        "area": row.area.code if row.area else "",
        "then_service": row.then_service_id,
        "then_unit": row.then_unit_id,
    }


def draft(values: dict[str, Any]) -> ruling.Draft:
    """What the form says, as a rule."""
    same = ("name", "kind", "hour_from", "hour_until", "then_kind", "then_urgency")
    return ruling.Draft(
        **{name: values[name] for name in (*same, "sample_percent", "most_disagreement")},
        words=tuple(values["words"].splitlines()),
        weekdays=tuple(values["weekdays"]),
        service=_service(values["service"]),
        unit=organisations.unit(values["unit"] or None),
        area=places.area(values["area"]) if values["area"] else None,
        then_service=_service(values["then_service"]),
        then_unit=organisations.unit(values["then_unit"] or None),
    )


def _service(pk: Any) -> Any:
    return catalogue.all_services().filter(pk=pk).first() if pk else None
