"""Raising a case, one thing per page. Everything entered is kept on every step; nothing is sent before the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.cases.operations import drafts, limits
from huiyin.cases.queries import published
from huiyin.catalogue import queries as catalogue
from huiyin.files import operations as files
from huiyin.files import queries as file_queries
from huiyin.kernel import addresses, clock
from huiyin.kernel.errors import Invalid
from huiyin.questionnaires import queries as questionnaires
from huiyin.questionnaires.enums import AnswerProblem
from huiyin.triage.queries import answers, duplicates, matters
from huiyin.web.components import access, maps, punctuation
from huiyin.web.public.report import draft as drafting
from huiyin.web.public.report import forms, steps
from huiyin.web.public.report.draft import Report

if TYPE_CHECKING:
    from huiyin.cases.models import Draft

ANYBODY = access.public(reason="Anybody may raise a case, without an account.")
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: HttpRequest, report: Report, step: str, *, status: int = 200, **more: Any) -> HttpResponse:
    form = more.get("form")
    if status == 200 and form is not None and form.is_bound:  # a form that comes back has something to mend
        status = 422
    context = steps.frame(report, step) | more
    return report.remember(render(request, f"public/report/{step}.html", context, status=status))


def _onward(report: Report, step: str) -> HttpResponse:
    return report.remember(redirect(steps.next_url(report, step)))


@ANYBODY
@GET_OR_POST
def matter(request: HttpRequest) -> HttpResponse:
    """What is the matter? Also where the box on the home page leads."""
    report = drafting.unsent(request)
    form = forms.MatterForm(
        request.POST or None, initial={"text": report.text or request.GET.get("text", "")}
    )
    if request.method == "POST" and form.is_valid():
        if report.draft is None:
            limits.count_draft(addresses.of(request))
        report.keep(text=form.cleaned_data["text"])
        return _onward(report, steps.MATTER)
    return _page(request, report, steps.MATTER, form=form)


@ANYBODY
@GET_OR_POST
def service(request: HttpRequest) -> HttpResponse:
    """What is it about? Offered by the words of the text; the whole tree is one link away."""
    report = drafting.unsent(request)
    if not report.text:
        return redirect(steps.url(steps.MATTER))
    form = forms.ServiceForm(
        request.POST or None, report=report, initial={"service": report.entered.get("service")}
    )
    if request.method == "POST" and form.is_valid():
        return _choose(report, form.cleaned_data["service"])
    alike = duplicates.published_alike(report.matter())
    return _page(request, report, steps.SERVICE, form=form, alike=alike)


@ANYBODY
@GET_OR_POST
def all_services(request: HttpRequest) -> HttpResponse:
    """The whole tree of services to choose from."""
    report = drafting.unsent(request)
    if not report.text:
        return redirect(steps.url(steps.MATTER))
    form = forms.AnyServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _choose(report, form.cleaned_data["service"])
    context = steps.frame(report, steps.SERVICE) | {
        "form": form,
        "tree": catalogue.tree(),
        "back": steps.url(steps.SERVICE),
    }
    return render(request, "public/report/services.html", context, status=422 if form.is_bound else 200)


def _choose(report: Report, code: str) -> HttpResponse:
    if code != report.entered.get("service"):
        report.keep(service=code, answers={}, intake=[], asked="")
    version = report.service.current if report.service else None
    if version is not None and version.emergency_notice:
        return redirect("public:report_emergency")
    return _onward(report, steps.SERVICE)


@ANYBODY
@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """The form stops here: call the number."""
    report = drafting.unsent(request)
    version = report.service.current if report.service else None
    if version is None or not version.emergency_notice:
        return redirect(steps.url(steps.SERVICE))
    notice = catalogue.localised(version.emergency_notice)
    context = {
        "notice": notice,
        "service": catalogue.service_name(report.service),
        "back": steps.url(steps.SERVICE),
    }
    return render(request, "public/report/emergency.html", context)


@ANYBODY
@GET_OR_POST
def questions(request: HttpRequest) -> HttpResponse:
    """The service's own questions; one that depends on an answer appears once that is given."""
    report = drafting.unsent(request)
    if not report.questions:
        return redirect(steps.url(steps.first_open(report)))
    answers = _raw_answers(request, report) if request.method == "POST" else report.entered.get("answers", {})
    shown = questionnaires.visible(report.questions, answers)
    form = forms.QuestionsForm(initial=answers, shown=shown)
    if request.method == "POST":
        seen = set(request.POST.getlist("seen"))
        form = forms.QuestionsForm(request.POST, shown=shown)
        checked = questionnaires.validate(report.questions, answers, language=get_language() or "zh-hans")
        if {question.code for question in shown} <= seen and checked.ok:
            report.keep(answers=answers, intake=checked.answers, asked=report.entered["service"])
            return _onward(report, steps.QUESTIONS)
        form.errors.clear()
        for code, problem in checked.errors.items():
            if code in seen:
                form.add_error(code, AnswerProblem(problem).label)
    return _page(request, report, steps.QUESTIONS, form=form, shown=shown)


def _raw_answers(request: HttpRequest, report: Report) -> dict[str, Any]:
    bound = forms.QuestionsForm(request.POST, shown=list(report.questions))
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, name) or ""
        for name, field in bound.fields.items()
    }


@ANYBODY
@GET_OR_POST
def place(request: HttpRequest) -> HttpResponse:
    """Where is it? Words, a district or a pin: each is enough."""
    report = drafting.unsent(request)
    if not report.text:
        return redirect(steps.url(steps.MATTER))
    version = report.service.current if report.service else None
    names = ("place_text", "area", "lat", "lon")
    form = forms.PlaceForm(
        request.POST or None,
        needed=bool(version and version.place_required),
        initial={name: report.entered.get(name) for name in names},
    )
    if request.method == "POST" and form.is_valid():
        report.keep(**{name: form.cleaned_data[name] for name in names})
        return _onward(report, steps.PLACE)
    return _page(request, report, steps.PLACE, form=form, map=maps.view())


@ANYBODY
@GET_OR_POST
def attachments(request: HttpRequest) -> HttpResponse:
    """Photos and other files, each with a preview; they can be taken out again."""
    report = drafting.unsent(request)
    if report.draft is None:
        return redirect(steps.url(steps.MATTER))
    problem = ""
    if request.method == "POST":
        if "remove" in request.POST:
            removed = drafts.remove_file(report.draft, request.POST["remove"])
            if removed is not None:
                files.delete(removed)
            return redirect(steps.url(steps.FILES))
        uploads = request.FILES.getlist("files")
        if not uploads:
            return _onward(report, steps.FILES)
        problem = _store(report.draft, uploads, address=addresses.of(request))
        if not problem:
            return redirect(
                steps.url(steps.FILES) if "more" in request.POST else steps.next_url(report, steps.FILES)
            )
    kept = [(row, file_queries.preview_url(row)) for row in drafts.files(report.draft)]
    return _page(request, report, steps.FILES, kept=kept, problem=problem, status=422 if problem else 200)


def _store(draft: Draft, uploads: list[Any], *, address: str) -> str:
    """Keep uploads with the draft; returns what is wrong with the first that cannot be kept."""
    for upload in uploads:
        try:
            _check_count(len(drafts.files(draft)))
            limits.count_upload(address)
            drafts.add_file(draft, files.store(upload, name=upload.name))
        except Invalid as refused:
            return punctuation.labelled(upload.name[:60], refused.message)
    return ""


def _check_count(kept: int) -> None:
    most = settings.HUIYIN_FILES_PER_CASE
    if kept >= most:
        raise Invalid(_("At most %(most)s files can be sent with a case.") % {"most": most})


@ANYBODY
@GET_OR_POST
def contact(request: HttpRequest) -> HttpResponse:
    """How to reach you, if you like; who may know your name; language of the answer."""
    report = drafting.unsent(request)
    if not report.text:
        return redirect(steps.url(steps.MATTER))
    names = ("about_unit", "anonymity", "name", "phone", "email", *forms.ContactForm.NAMES, "language")
    kept = {name: report.entered[name] for name in names if name in report.entered}
    form = forms.ContactForm(request.POST or None, report=report, initial=kept)
    if request.method == "POST" and form.is_valid():
        report.keep(**{name: form.cleaned_data.get(name, "") for name in names})
        return _onward(report, steps.CONTACT)
    return _page(request, report, steps.CONTACT, form=form)


@ANYBODY
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Services and published cases that fit what is being typed, as JSON for the box on the home page."""
    text = request.GET.get("text", "")[:500]
    matter = matters.Matter(text=text, at=clock.now())
    found = [
        {"code": row.code, "name": catalogue.service_name(row)} for row in answers.offered(text, at=matter)
    ]
    alike = [
        {"title": row.title, "url": published.url_path(row), "supports": row.supports}
        for row in duplicates.published_alike(matter)
    ]
    return JsonResponse({"services": found, "alike": alike})


@ANYBODY
@require_POST
def restart(request: HttpRequest) -> HttpResponse:
    """Throw away what was entered."""
    report = drafting.of(request)
    if report.draft is not None:
        drafts.discard(report.draft)
    response = redirect("public:home")
    response.delete_cookie(drafting.COOKIE)
    return response
