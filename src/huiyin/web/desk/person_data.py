"""Everything of one person, taken out by staff when the person asks for it and cannot do it themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.accounts.enums import Permission
from huiyin.cases.queries import beside, opening
from huiyin.catalogue.queries import localised
from huiyin.kernel.errors import Denied
from huiyin.people import operations as people
from huiyin.people import queries as purposes
from huiyin.usecases import all_data
from huiyin.web.components import access
from huiyin.web.components.forms import Words


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("What for?"), help_text=_("The person will read this on their own page.")
    )
    more = Words(label=_("More, if needed"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(row.pk), localised(row.names)) for row in purposes.purposes()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.EXPORT_CASES)
def person_data(request: HttpRequest, number: str) -> HttpResponseBase:
    """Say what for, then take the file."""
    user: Any = request.user
    row = opening.for_staff(number, user=user)
    if not all_data.may_take(user, row):
        raise Denied
    form = PurposeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = people.why(int(form.cleaned_data["purpose"]), detail=form.cleaned_data["more"])
        file = all_data.take(row, user=user, purpose=why)
        return FileResponse(
            file, content_type="application/zip", as_attachment=True, filename=f"person-{number}.zip"
        )
    context = {"form": form, "case": row, "rows": beside.of_same_person(row, user=user)}
    return render(request, "desk/person_data.html", context, status=422 if form.is_bound else 200)
