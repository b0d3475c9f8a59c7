"""Forms for joint work: asking a unit, contributing, calling units to a place."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Action
from huiyin.cases.operations import joint
from huiyin.organisations import queries as organisations
from huiyin.web.components.forms import Words
from huiyin.web.desk import choices
from huiyin.web.desk.dispute_forms import chosen_unit
from huiyin.web.desk.forms import ActionForm, letter_box


def moment_field(label: Any) -> forms.DateTimeField:
    """A day and a time, in one field that every browser offers a picker for."""
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip


def others(own: int | None) -> list[tuple[str, str]]:
    """Units that receive cases, but one."""
    return [(str(pk), name) for pk, name in choices.units() if pk != own]


class AskUnitForm(ActionForm):
    action = Action.ADD_TASK
    title = _("Ask another unit for a contribution")
    explanation = _("The unit can read the case from now on. The answer stays with you.")
    submit = _("Ask the unit")
    done = _("Asked. The unit finds it under “Joint work”.")
    unit = forms.ChoiceField(label=_("Unit"))
    what = Words(label=_("What the unit is to do"), widget=letter_box(4), max_length=2_000)
    due_at = moment_field(_("Until when"))

    def prepare(self) -> None:
        """Every other unit."""
        self.choose("unit", [("", _("Choose a unit")), *others(self.case.unit_id)])

    def perform(self) -> None:
        """Ask the unit."""
        data: dict[str, Any] = self.cleaned_data
        due: dt.datetime = data["due_at"]
        joint.ask_unit(
            self.case.pk, unit=chosen_unit(data["unit"]), what=data["what"], due_at=due, actor=self.actor,
            revision=self.expected,
        )  # fmt: skip


class SummonForm(ActionForm):
    action = Action.SUMMON
    title = _("Call units to a place")
    explanation = _("The units can read the case from now on; each arrival is recorded.")
    submit = _("Call them")
    done = _("Called. The units find it under “Joint work”.")
    units = forms.MultipleChoiceField(label=_("Units"), widget=forms.CheckboxSelectMultiple)
    place = Words(label=_("Place"), max_length=300)
    at = moment_field(_("Time"))
    reason = Words(label=_("What for"), max_length=300)

    def prepare(self) -> None:
        """Every other unit; the place of the case to begin with."""
        field: Any = self.fields["units"]
        field.choices = others(self.case.unit_id)
        self.fields["place"].initial = self.case.place_text

    def perform(self) -> None:
        """Call the units."""
        data: dict[str, Any] = self.cleaned_data
        units = [row for row in map(organisations.unit, map(int, data["units"])) if row is not None]
        joint.summon(
            self.case.pk, units=units, place=data["place"], at=data["at"], reason=data["reason"], actor=self.actor,
            revision=self.expected,
        )  # fmt: skip


class ContributeForm(forms.Form):
    text = Words(
        label=_("Contribution"),
        help_text=_("Seen by colleagues only."),
        widget=letter_box(5),
        max_length=5_000,
    )


FORMS = (AskUnitForm, SummonForm)
