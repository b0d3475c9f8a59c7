"""Everything that is kept about all cases of one person: by a code to their contact, or by numbers and secrets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.cases.queries import numbers
from huiyin.kernel import addresses, clock, vault
from huiyin.kernel.errors import Invalid
from huiyin.privacy import operations as privacy
from huiyin.usecases import all_data
from huiyin.web.components import access
from huiyin.web.components.forms import Words

ANYBODY = access.public(reason="Opened by a code sent to the person's contact, or by numbers and secrets.")
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
PLACE, PROVED = "all-place", "all-proved"
SECONDS = 30 * 60


class ContactForm(forms.Form):
    contact = Words(
        label=_("E-mail address or phone number"),
        help_text=_("The one that you gave with your cases. A code goes there, if it belongs to a case."),
        max_length=254,
    )


class CodeForm(forms.Form):
    code = Words(
        label=_("One-time code"),
        help_text=_("Six digits, from the message that was just sent."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "govuk-input--width-10"}
        ),
    )


class PairsForm(forms.Form):
    pairs = Words(
        label=_("Numbers and secrets"),
        help_text=_("One case a line: its number, then its secret."),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


@ANYBODY
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """The two ways to show that the cases are one's own."""
    return _begin(request)


def _begin(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"contact": ContactForm(), "pairs": PairsForm()} | more
    return render(request, "public/follow/all.html", context, status=status)


@ANYBODY
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """Send the code; whether the contact belongs to a case is told to nobody."""
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            all_data.send_code(form.cleaned_data["contact"], address=addresses.of(request))
        except Invalid as refused:
            form.add_error("contact", str(refused.message))
        else:
            request.session[PLACE] = vault.encrypt(form.cleaned_data["contact"])
            return redirect("public:all_data_code")
    return _begin(request, contact=form, form=form, status=422)


@ANYBODY
@never_cache
@GET_OR_POST
def code(request: HttpRequest) -> HttpResponse:
    """Type in the code."""
    kept = request.session.get(PLACE)
    if kept is None:
        return redirect("public:all_data")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            typed = vault.decrypt(kept)
            found = all_data.by_code(typed, form.cleaned_data["code"], address=addresses.of(request))
        except Invalid as refused:
            form.add_error("code", str(refused.message))
        else:
            return _proved(request, found)
    return render(
        request, "public/follow/all_code.html", {"form": form}, status=422 if form.is_bound else 200
    )


@ANYBODY
@require_POST
def by_secrets(request: HttpRequest) -> HttpResponse:
    """Open several cases at once by their numbers and secrets."""
    form = PairsForm(request.POST)
    if form.is_valid():
        try:
            found = all_data.by_secrets(form.cleaned_data["pairs"], address=addresses.of(request))
        except Invalid as refused:
            form.add_error("pairs", str(refused.message))
        else:
            return _proved(request, found)
    return _begin(request, pairs=form, form=form, status=422)


def _proved(request: HttpRequest, case_ids: list[int]) -> HttpResponse:
    request.session.cycle_key()
    request.session.pop(PLACE, None)
    request.session[PROVED] = {"cases": case_ids, "until": clock.now().timestamp() + SECONDS}
    return redirect("public:all_data_cases")


def _opened(request: HttpRequest) -> list[int]:
    kept = request.session.get(PROVED) or {"cases": [], "until": 0}
    return kept["cases"] if kept["until"] > clock.now().timestamp() else []


@ANYBODY
@never_cache
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Which cases they are, and the file to take along."""
    found = _opened(request)
    if not found:
        return redirect("public:all_data")
    return render(request, "public/follow/all_cases.html", {"numbers": sorted(numbers.of(found).values())})


@ANYBODY
@never_cache
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The ZIP file."""
    found = _opened(request)
    if not found:
        return redirect("public:all_data")
    file = privacy.export_cases(found)
    return FileResponse(file, content_type="application/zip", as_attachment=True, filename="huiyin-all.zip")
