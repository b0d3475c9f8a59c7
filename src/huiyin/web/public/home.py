"""The home page: one question first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.cases.queries import published
from huiyin.consultations.queries import lists
from huiyin.scorecards import queries as scorecards
from huiyin.scorecards.enums import Period
from huiyin.web.components import access
from huiyin.web.public import figures
from huiyin.web.public.report import draft, forms


@access.public(reason="The home page.")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is the matter? Under it how we are doing, and what others said."""
    report = draft.unsent(request)
    counted = scorecards.figures(Period.QUARTER)
    context = {
        "form": forms.MatterForm(initial={"text": report.text}),
        "begun": bool(report.text),
        "newest": published.newest(most=5),
        "consultations": lists.open_consultations()[:3],
        "three": figures.three(counted) if counted else [],
    }
    return render(request, "public/home.html", context)
