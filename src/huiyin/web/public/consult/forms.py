"""The forms of taking part. Rules that hold for every way in are in the verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.consultations.operations import admission
from huiyin.consultations.queries import statements
from huiyin.web.components.forms import Words


class CodeForm(forms.Form):
    code = Words(
        label=_("Your code"),
        help_text=_("16 letters and digits, from the letter or message that you received."),
        max_length=60,
        error_messages={"required": _("Enter your code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class RegisterForm(forms.Form):
    """The questions of the city's register of residents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in admission.register().questions():
            self.fields[question.key] = Words(
                label=str(question.label),
                max_length=200,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )


class StatementForm(forms.Form):
    text = Words(
        label=_("Your statement"),
        help_text=_(
            "One thought, so that others can agree or disagree with it. Names of private persons do not belong here."
        ),
        error_messages={"required": _("Write your statement.")},
    )
    email = forms.EmailField(
        label=_("E-mail, if you want to be told what becomes of it"),
        help_text=_(
            "It is kept, encrypted, with this statement until the consultation is archived; never with your votes."
        ),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 3, "maxlength": statements.longest()})


class ToldForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_(
            "One message when the answer is there, one for each promise when it is kept or not. Then it is deleted."
        ),
        max_length=200,
        error_messages={"required": _("Write the e-mail address to which the answer shall go.")},
    )
