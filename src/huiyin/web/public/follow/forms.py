"""Forms of the person's own page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.feedback.enums import Reason, Solved
from huiyin.feedback.operations import Given
from huiyin.web.components.forms import Words
from huiyin.web.public.wishes import Wishes


class OpenForm(forms.Form):
    number = Words(
        label=_("Case number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}
        ),
        error_messages={"required": _("Enter the case number.")},
    )
    secret = Words(
        label=_("Secret"),
        help_text=_(
            "12 letters and digits, as on your receipt. Capital or small letters and hyphens do not matter."
        ),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}
        ),
        error_messages={"required": _("Enter the secret.")},
    )


class WriteForm(forms.Form):
    text = Words(
        label=_("Your message to the office"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )


class WithdrawForm(forms.Form):
    reason = Words(
        label=_("Why, if you like to say"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReopenForm(forms.Form):
    """One click is enough; what the person said with the verdict stands there already."""

    text = Words(
        label=_("What is still not solved?"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


SCALE = [
    (5, _("Very satisfied")),
    (4, _("Satisfied")),
    (3, _("Fairly satisfied")),
    (2, _("Not satisfied")),
    (1, _("Not satisfied at all")),
]


class VerdictForm(forms.Form):
    """The three questions, each for itself, and what else the person wants to say."""

    contacted = forms.TypedChoiceField(
        label=_("Did the office contact you?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    solved = forms.ChoiceField(label=_("Is it solved?"), choices=Solved, widget=forms.RadioSelect)
    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you with how it was handled?"),
        choices=SCALE,
        coerce=int,
        widget=forms.RadioSelect,
    )
    reasons = forms.MultipleChoiceField(
        label=_("What made the difference?"),
        choices=Reason,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = Words(
        label=_("Anything else"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def given(self) -> Given:
        """The verdict as the verb takes it."""
        data = self.cleaned_data
        return Given(
            contacted=data["contacted"],
            solved=Solved(data["solved"]),
            satisfaction=data["satisfaction"],
            reasons=[Reason(code) for code in data["reasons"]],
            text=data["text"],
        )


class ContactForm(Wishes):
    field_order = ("name", "phone", "email", *Wishes.NAMES)
    name = Words(label=_("Your name"), max_length=100, required=False)
    phone = Words(label=_("Phone number"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)

    def change(self) -> dict[str, Any]:
        """The contact data and wishes as the verb takes them."""
        data = self.cleaned_data
        return {"name": data["name"], "phone": data["phone"], "email": data["email"], "wants": self.wants()}
