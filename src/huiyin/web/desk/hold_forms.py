"""Putting a case under a legal hold, and lifting it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Action
from huiyin.cases.operations import holding
from huiyin.web.components.forms import DateParts, Words
from huiyin.web.desk.forms import ActionForm


class HoldForm(ActionForm):
    action = Action.HOLD
    title = _("Put it under a legal hold")
    explanation = _(
        "Nothing of the case is anonymised, deleted or erased until the day you choose, not even when the person asks. "
        "The person reads on their page that it is kept, and until when. A hold that runs is replaced."
    )
    submit = _("Put it under a legal hold")
    done = _("Under a legal hold. It stands in the list of holds.")
    until = forms.DateField(label=_("Until this day, included"), widget=DateParts)
    reason = Words(
        label=_("Why"), help_text=_("Court, file number, claim. Seen by colleagues only."), max_length=300
    )

    def perform(self) -> None:
        """Place the hold."""
        data = self.cleaned_data
        holding.hold(
            self.case.pk, reason=data["reason"], until=data["until"], actor=self.actor, revision=self.expected
        )


class LiftForm(ActionForm):
    action = Action.LIFT_HOLD
    title = _("Lift the legal hold")
    explanation = _("From now on the periods run again, and the person can have the data erased.")
    submit = _("Lift it")
    done = _("Lifted. It stays on record.")
    reason = Words(label=_("Why"), help_text=_("Kept on record."), max_length=300)

    def perform(self) -> None:
        """Lift the hold."""
        holding.lift(self.case.pk, why=self.cleaned_data["reason"], actor=self.actor, revision=self.expected)


FORMS = (HoldForm, LiftForm)
