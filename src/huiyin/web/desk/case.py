"""The page of one case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huiyin.cases.queries import opening, timeline
from huiyin.web.components import access, sentences
from huiyin.web.desk.worklist import SEES_CASES


@require_GET
@access.requires(*SEES_CASES)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """What was said, what happened, how it stands, and what can be done next."""
    row = opening.for_staff(number, user=request.user)
    story = sentences.story_for_staff(timeline.for_staff(row))
    return render(request, "desk/case.html", {"case": row, "story": story})
