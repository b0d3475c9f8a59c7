"""The person's own page: read, write, judge, reopen, see who looked, take the data along or have them erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.cases.operations import limits, opening, person
from huiyin.cases.queries import family, own
from huiyin.feedback.enums import Solved
from huiyin.files import operations as files
from huiyin.kernel import addresses
from huiyin.kernel.errors import Invalid, Missing, Refusal
from huiyin.web.components import access
from huiyin.web.public import receipt_file
from huiyin.web.public.follow import forms, opened, story

if TYPE_CHECKING:
    from huiyin.cases.models import Case

GATE = access.public(reason="The door to one's own case; number and secret open it.")
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GATE
@GET_OR_POST
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and secret."""
    form = forms.OpenForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            case = opening.for_person(given["number"], given["secret"], address=addresses.of(request))
        except Refusal as refused:
            form.add_error(None, str(refused.message))
            status = refused.status
        else:
            opened.remember(request, case)
            return redirect("public:mine")
    return render(request, "public/follow/open.html", {"form": form}, status=status)


@GATE
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Open the case by the link in a mail."""
    opened.remember(request, opening.for_link(token))
    return redirect("public:mine")


@opened.for_its_person
@require_safe
def mine(request: HttpRequest, case: Case) -> HttpResponse:
    """How it stands, the whole story in plain words, and what the person can do now."""
    return _mine(request, case)


def _mine(request: HttpRequest, case: Case, *, status: int = 200, **more: Any) -> HttpResponse:
    context = story.context(case) | {"write": forms.WriteForm()} | more
    return render(request, "public/follow/mine.html", context, status=status)


@opened.for_its_person
@require_POST
def write(request: HttpRequest, case: Case) -> HttpResponse:
    """Add words and files; a reply to a question lets the office's clock go on."""
    form = forms.WriteForm(request.POST)
    if not form.is_valid():
        return _mine(request, case, write=form, form=form, status=422)
    try:
        stored = _uploads(request)
        person.write(case.pk, text=form.cleaned_data["text"], files=stored)
    except Invalid as refused:
        form.add_error("text", str(refused.message))
        return _mine(request, case, write=form, form=form, status=422)
    messages.success(request, _("Your message was sent."))
    return redirect("public:mine")


def _uploads(request: HttpRequest) -> list[Any]:
    given = request.FILES.getlist("files")
    if len(given) > settings.HUIYIN_FILES_PER_CASE:
        raise Invalid(
            _("At most %(most)s files can be sent with a case.") % {"most": settings.HUIYIN_FILES_PER_CASE}
        )
    for _upload in given:
        limits.count_upload(addresses.of(request))
    return [files.store(upload, name=upload.name or "") for upload in given]


@opened.for_its_person
@GET_OR_POST
def withdraw(request: HttpRequest, case: Case) -> HttpResponse:
    """Take the case back, after asking once more."""
    form = forms.WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person.withdraw(case.pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("Your case is withdrawn."))
        return redirect("public:mine")
    return render(request, "public/follow/withdraw.html", {"form": form, "case": case})


@opened.for_its_person
@GET_OR_POST
def verdict(request: HttpRequest, case: Case) -> HttpResponse:
    """The three questions about the last answer."""
    form = forms.VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.given()
        person.judge(case.pk, given=given)
        messages.success(request, _("Your verdict is kept. Nobody can change it."))
        if given.solved in {Solved.NO, Solved.PARTLY}:
            return redirect("public:reopen")
        return redirect("public:mine")
    context = {"form": form, "case": case, "answer": own.last_answer(case)}
    return render(request, "public/follow/verdict.html", context, status=422 if form.is_bound else 200)


@opened.for_its_person
@GET_OR_POST
def reopen(request: HttpRequest, case: Case) -> HttpResponse:
    """It is not solved: the unit and its supervisor get it back."""
    answer = own.last_answer(case)
    said = answer.verdict.text if answer is not None and answer.verdict is not None else ""
    form = forms.ReopenForm(request.POST if request.method == "POST" else None, initial={"text": said})
    if request.method == "POST" and form.is_valid():
        person.reopen(case.pk, text=form.cleaned_data["text"] or _("It is not solved."))
        messages.success(request, _("The case is open again."))
        return redirect("public:mine")
    context = {"form": form, "case": case, "until": own.reopen_until(case)}
    return render(request, "public/follow/reopen.html", context, status=422 if form.is_bound else 200)


@opened.for_its_person
@require_safe
def receipt(request: HttpRequest, case: Case) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    """The signed receipt as a file."""
    return receipt_file.response(case.number)


@opened.for_its_person
@require_POST
def part(request: HttpRequest, case: Case) -> HttpResponse:
    """Open another part of the same case: it belongs to the same person and has the same secret."""
    other = family.part(case, request.POST.get("number", "")[:20])
    if other is None:
        raise Missing(_("There is no such case, or it is not among those you may open."))
    opened.remember(request, other)
    return redirect("public:mine")


@GATE
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page on this device."""
    opened.forget(request)
    return redirect("public:track")
