"""Writing a statement, and leaving an address to be told the answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.consultations.operations import following
from huiyin.consultations.queries import lists, statements
from huiyin.kernel.errors import Conflict, Invalid
from huiyin.usecases import consulting
from huiyin.web.components import access, addresses
from huiyin.web.components import forms as components
from huiyin.web.public.consulting import taking

EMAIL_HINT = gettext_lazy("Kept encrypted until the answer was sent. Nothing leads from it to your votes.")


class StatementForm(forms.Form):
    text = components.Words(
        label=gettext_lazy("Your statement"),
        help_text=gettext_lazy(
            "One sentence, one thought. Others vote on it, so write nothing that says who you are."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address, if you want to be told what becomes of it"),
        help_text=EMAIL_HINT,
        max_length=254,
        required=False,
    )


class FollowForm(forms.Form):
    email = forms.CharField(label=gettext_lazy("E-mail address"), help_text=EMAIL_HINT, max_length=254)


@taking.TAKING_PART
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Write a statement; it is shown at once or waits to be looked at, and the page says which."""
    row = taking.opened(code)
    proof = taking.shown_before(request, row)
    form = StatementForm(request.POST if request.method == "POST" else None)
    form.fields["text"].widget.attrs["maxlength"] = statements.longest()
    if request.method == "POST" and form.is_valid():
        try:
            _written(request, row, proof, form.cleaned_data)
        except (Invalid, Conflict) as refusal:
            name = next((name for name in refusal.fields if name in form.fields), "text")
            form.add_error(name, str(refusal.message))
        else:
            return redirect("public:consultation_vote", code=code)
    return render(
        request,
        "public/consulting/write.html",
        {"row": row, "form": form},
        status=422 if form.errors else 200,
    )


def _written(request: HttpRequest, row: Any, proof: Any, values: dict[str, Any]) -> None:
    language = getattr(request, "LANGUAGE_CODE", "zh-hans")
    if values["email"]:
        following.check_email(values["email"])
    one = consulting.write_statement(
        row.pk, text=values["text"], language=language, proof=proof, address=addresses.of(request)
    )
    if values["email"]:
        following.follow(row, email=values["email"], language=language, statement=one)
    messages.success(
        request,
        _("Your statement is there. Others are asked about it.")
        if one.standing == "published"
        else _("Your statement has arrived. It is shown when somebody has looked at it."),
    )


@access.public(reason="Anybody may ask to be told the answer.")
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Leave an address to be told the answer."""
    row = lists.public_consultation(code)
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        consulting.count_follow(addresses.of(request))
        try:
            following.follow(
                row, email=form.cleaned_data["email"], language=getattr(request, "LANGUAGE_CODE", "")
            )
        except (Invalid, Conflict) as refusal:
            form.add_error("email", str(refusal.message))
        else:
            messages.success(request, _("You will be told the answer."))
            return redirect("public:consultation", code=code)
    return render(
        request,
        "public/consulting/follow.html",
        {"row": row, "form": form},
        status=422 if form.errors else 200,
    )
