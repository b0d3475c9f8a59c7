"""What an operator writes down during a callback: how the call ended, and the person's three answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.aftercare.enums import Call
from huiyin.feedback.enums import Reason, Solved
from huiyin.feedback.operations import Given
from huiyin.web.components.forms import Words


class CallbackForm(forms.Form):
    """The questions are read out as they stand; they are needed only if the person was reached."""

    result = forms.ChoiceField(
        label=_("How did the call end?"),
        choices=Call,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how the call ended.")},
    )
    contacted = forms.ChoiceField(
        label=_("1. “Did the office contact you?”"),
        choices=[("yes", _("Yes, contacted")), ("no", _("No, not contacted"))],
        widget=forms.RadioSelect,
        required=False,
    )
    solved = forms.ChoiceField(
        label=_("2. “Is it solved?”"), choices=Solved, widget=forms.RadioSelect, required=False
    )
    satisfaction = forms.TypedChoiceField(
        label=_("3. “How satisfied are you with how it was handled? 5 is very satisfied, 1 not at all.”"),
        choices=[(str(n), str(n)) for n in (5, 4, 3, 2, 1)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    reasons = forms.MultipleChoiceField(
        label=_("What made the difference?"),
        choices=Reason,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = Words(
        label=_("What the person adds, in their own words"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2_000}),
    )
    reopen = forms.BooleanField(
        label=_("The person wants the case to be opened again"),
        help_text=_("Only after “partly” or “no”. The unit and its supervisor get what the person adds."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Somebody reached has answered all three; reopening needs a reason that the unit can work with."""
        data = super().clean() or {}
        if data.get("result") == Call.REACHED:
            for name in ("contacted", "solved", "satisfaction"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Ask this and write down the answer."))
            if data.get("reopen") and data.get("solved") not in {Solved.NO, Solved.PARTLY}:
                self.add_error("reopen", _("A case that is solved is not opened again."))
            elif data.get("reopen") and not str(data.get("text") or "").strip():
                self.add_error("text", _("Say in a few words what is still not solved."))
        return data

    @property
    def call(self) -> Call:
        """How the call ended."""
        return Call(self.cleaned_data["result"])

    def given(self) -> Given | None:
        """The verdict, of somebody who was reached."""
        data = self.cleaned_data
        if self.call is not Call.REACHED:
            return None
        return Given(
            contacted=data["contacted"] == "yes",
            solved=Solved(data["solved"]),
            satisfaction=data["satisfaction"],
            reasons=[Reason(code) for code in data["reasons"]],
            text=data["text"],
        )

    def reopen_text(self) -> str:
        """What is not solved, if the person wants the case to be opened again."""
        return str(self.cleaned_data["text"]) if self.cleaned_data["reopen"] else ""
