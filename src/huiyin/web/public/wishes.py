"""How a person wants to hear from the office: the same choices when a case is raised and on its own page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.people.operations import Notices


class Wishes(forms.Form):
    """Ways and frequency; for forms that also have `phone` and `email`."""

    NAMES = ("wants_mail", "wants_sms", "daily")
    wants_mail = forms.BooleanField(label=_("Tell me by e-mail when something happens"), required=False)
    wants_sms = forms.BooleanField(label=_("Tell me by text message when something happens"), required=False)
    daily = forms.BooleanField(
        label=_("Once a day is enough, all in one message"),
        help_text=_("Otherwise each time, but not at night."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A wish needs an address."""
        data = super().clean() or {}
        if data.get("wants_mail") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Give the e-mail address to write to."))
        if data.get("wants_sms") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Give the telephone number for text messages."))
        return data

    def wants(self) -> Notices:
        """The wishes as the verbs take them."""
        data = self.cleaned_data
        return Notices(by_mail=data["wants_mail"], by_sms=data["wants_sms"], daily=data["daily"])
