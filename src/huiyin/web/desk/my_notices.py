"""How often a member of staff wants to hear of the own cases."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from huiyin.accounts import queries as accounts
from huiyin.accounts.operations import notices
from huiyin.cases.queries.notice_texts import TO_STAFF
from huiyin.notifications.enums import Frequency
from huiyin.web.components import access


class FrequencyForm(forms.Form):
    frequency = forms.ChoiceField(
        label=gettext_lazy("How often do you want mail about your cases?"),
        choices=Frequency,
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
@access.signed_in(reason="One's own choice of notices.")
def my_notices(request: HttpRequest) -> HttpResponse:
    """Choose how often, and read what about."""
    user = accounts.staff_member(request.user)
    form = FrequencyForm(
        request.POST if request.method == "POST" else None, initial={"frequency": user.notices}
    )
    if request.method == "POST" and form.is_valid():
        notices.choose(user, frequency=Frequency(form.cleaned_data["frequency"]))
        messages.success(request, _("Kept."))
        return redirect("desk:my_notices")
    context = {"form": form, "events": TO_STAFF.values(), "has_address": bool(user.email)}
    return render(request, "desk/my_notices.html", context, status=422 if form.errors else 200)
