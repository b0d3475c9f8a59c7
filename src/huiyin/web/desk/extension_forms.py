"""Forms for asking for more time, and for deciding on it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Action, ExtensionReason
from huiyin.cases.operations import extensions
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.web.components.forms import Words
from huiyin.web.desk.forms import ActionForm, letter_box


class AskForm(ActionForm):
    action = Action.ASK_EXTENSION
    title = _("Ask for more time")
    explanation = _(
        "Somebody else decides. Until then the deadline stays; what was promised first stays visible to everybody."
    )
    submit = _("Ask for it")
    done = _("Asked for. The head of the unit or a supervisor decides.")
    days = forms.IntegerField(label=_("Working days"), min_value=1)
    reason = forms.ChoiceField(
        label=_("Why"),
        help_text=_("Everybody may read it."),
        choices=ExtensionReason,
        widget=forms.RadioSelect,
    )
    text = Words(
        label=_("What becomes of it until then"),
        help_text=_("The person will read it in the letter about the new date."),
        widget=letter_box(4),
        max_length=2_000,
    )

    def prepare(self) -> None:
        """No more days than are allowed at all."""
        most = int(organisations.setting(SettingKey.EXTENSION_WORKING_DAYS))
        field: Any = self.fields["days"]
        field.widget.attrs |= {"max": most, "class": "govuk-input--width-3", "inputmode": "numeric"}

    def perform(self) -> None:
        """Ask for the days."""
        data = self.cleaned_data
        extensions.ask(
            self.case.pk, days=data["days"], reason=ExtensionReason(data["reason"]), text=data["text"],
            actor=self.actor, revision=self.expected,
        )  # fmt: skip


class GrantForm(ActionForm):
    action = Action.GRANT_EXTENSION
    title = _("Grant more time")
    explanation = _("The person gets a letter with the reason and the new date; then the deadline moves.")
    submit = _("Grant it")
    done = _("Granted. The person was told, and the deadline moved.")

    def perform(self) -> None:
        """Grant what was asked for."""
        extensions.grant(self.case.pk, actor=self.actor, revision=self.expected)


class RefuseForm(ActionForm):
    action = Action.REFUSE_EXTENSION
    title = _("Do not grant more time")
    submit = _("Do not grant it")
    done = _("Not granted. The deadline stays.")
    why = Words(label=_("Why not"), help_text=_("Seen by colleagues only."), max_length=300)

    def perform(self) -> None:
        """Refuse what was asked for."""
        extensions.refuse(
            self.case.pk, why=self.cleaned_data["why"], actor=self.actor, revision=self.expected
        )


FORMS = (AskForm, GrantForm, RefuseForm)
