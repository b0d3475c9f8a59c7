"""Forms of supervisors, and those that say who may know what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Action
from huiyin.cases.operations import secrecy, supervision
from huiyin.organisations import queries as organisations
from huiyin.usecases import urging
from huiyin.web.components.forms import Words
from huiyin.web.desk import choices
from huiyin.web.desk.dispute_forms import chosen_unit
from huiyin.web.desk.forms import ActionForm


class UrgeForm(ActionForm):
    action = Action.URGE
    title = _("Urge the unit")
    explanation = _(
        "Officer and head of the unit get a message; your words stand in the timeline for colleagues."
    )
    submit = _("Urge")
    done = _("The unit was urged.")
    text = Words(label=_("What you ask of the unit"), max_length=300)

    def perform(self) -> None:
        """Urge the unit."""
        urging.urge(self.case.pk, text=self.cleaned_data["text"], actor=self.actor)


class EscalateForm(ActionForm):
    action = Action.ESCALATE
    title = _("Put it before the supervisors")
    explanation = _("The case stands on the supervisors' board from now on.")
    submit = _("Put it before them")
    done = _("It stands on the supervisors' board.")
    text = Words(label=_("Why"), max_length=300)

    def perform(self) -> None:
        """Put the case before the supervisors."""
        urging.escalate(self.case.pk, text=self.cleaned_data["text"], actor=self.actor)


class TakeOverForm(ActionForm):
    action = Action.TAKE_OVER
    title = _("Give it to another unit at once")
    explanation = _(
        "The unit is responsible without signing for it, whatever was decided before. The person's dates stay."
    )
    submit = _("Give it to the unit")
    done = _("The unit has it now and answers for it.")
    unit = forms.ChoiceField(label=_("Unit"))
    reason = Words(label=_("Why"), help_text=_("Seen by colleagues only."), max_length=300)

    def prepare(self) -> None:
        """Units that receive cases."""
        self.choose("unit", [("", _("Choose a unit")), *((str(pk), name) for pk, name in choices.units())])

    def perform(self) -> None:
        """Give the case to the unit."""
        data = self.cleaned_data
        supervision.take_over(
            self.case.pk,
            unit=chosen_unit(data["unit"]),
            reason=data["reason"],
            actor=self.actor,
            revision=self.expected,
        )


class RedoForm(ActionForm):
    action = Action.REDO
    title = _("Order a redo")
    explanation = _(
        "The unit works on it again, with a new date beside the first promise. The verdict stays."
    )
    submit = _("Order it")
    done = _("Ordered. The unit works on it again.")
    reason = Words(label=_("Why"), help_text=_("Seen by colleagues only."), max_length=300)

    def perform(self) -> None:
        """Order the redo."""
        reason = self.cleaned_data["reason"]
        supervision.order_redo(self.case.pk, reason=reason, actor=self.actor, revision=self.expected)


class NameUnitForm(ActionForm):
    action = Action.NAME_UNIT
    title = _("Which unit is complained about")
    explanation = _("Nobody who belongs to that unit learns who the person is, whatever their role.")
    submit = _("Keep")
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def prepare(self) -> None:
        """Every unit, or none."""
        field: Any = self.fields["unit"]
        field.choices = [("", _("No unit")), *((str(pk), name) for pk, name in choices.units())]
        field.initial = str(self.case.about_unit_id or "")

    def perform(self) -> None:
        """Keep which unit it is."""
        chosen = self.cleaned_data["unit"]
        unit = organisations.unit(int(chosen)) if chosen else None
        secrecy.name_unit(self.case.pk, unit=unit, actor=self.actor, revision=self.expected)


class ConfidentialForm(ActionForm):
    action = Action.MAKE_CONFIDENTIAL
    title = _("Make it confidential")
    explanation = _(
        "Only dispatchers, supervisors, the head of the unit and the officer who has it can open the case from now on."
    )
    submit = _("Make it confidential")

    def perform(self) -> None:
        """Make the case confidential."""
        secrecy.make_confidential(self.case.pk, actor=self.actor)


class OpenForm(ActionForm):
    action = Action.END_CONFIDENTIAL
    title = _("Make it no longer confidential")
    explanation = _("Everybody in the unit can open the case again.")
    submit = _("Make it no longer confidential")

    def perform(self) -> None:
        """Let the unit open the case again."""
        secrecy.end_confidential(self.case.pk, actor=self.actor)


class ConflictForm(ActionForm):
    action = Action.DECLARE_CONFLICT
    title = _("Declare a conflict of interest")
    explanation = _(
        "You lose access to this case, and cannot take that back yourself. Your unit goes on with it."
    )
    submit = _("I am not impartial")
    reason = Words(label=_("Why"), help_text=_("Kept on record."), max_length=300)

    def perform(self) -> None:
        """Declare the conflict."""
        secrecy.declare_conflict(self.case.pk, reason=self.cleaned_data["reason"], actor=self.actor)


FORMS = (
    UrgeForm, EscalateForm, TakeOverForm, RedoForm, NameUnitForm, ConfidentialForm, OpenForm, ConflictForm,
)  # fmt: skip
