"""The statements of a consultation: adding those of the organiser, and deciding which ones are shown."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.consultations.enums import Standing
from huiyin.consultations.operations import planning
from huiyin.consultations.queries import lists, statements
from huiyin.kernel.errors import Conflict
from huiyin.usecases import consulting
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.forms import RemoveForm, SeedsForm
from huiyin.web.desk.consulting.lists import ORGANISERS
from huiyin.web.manage import pages

MODERATORS = (*ORGANISERS, Permission.MODERATE_UNIT)


@access.requires(*MODERATORS)
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """Statements in one standing, those that wait first; j, k and Enter go through them."""
    row = frame.found(request, pk)
    wanted = request.GET.get("standing", "")
    standing = Standing(wanted) if wanted in Standing.values else Standing.WAITING
    context = {
        "row": row,
        "standing": standing,
        "standings": [(one, one.label) for one in Standing],
        "page_obj": pages.numbered(request, statements.queue(row, standing)),
        "removals": [(reason.label, count) for reason, count in lists.removals(row).items()],
        "crumbs": [frame.start(), frame.crumb(row)],
    }
    return render(request, "desk/consulting/statements.html", context)


@access.requires(*MODERATORS)
def decide(request: HttpRequest, pk: int, statement: int) -> HttpResponse:
    """One statement: show it, or do not, with a reason; then comes the next one that waits."""
    row, user = frame.found(request, pk), pages.actor(request)
    one = pages.found(row.statements.filter(pk=statement).first())
    form = RemoveForm(request.POST if "remove" in request.POST else None)
    if request.method == "POST" and ("publish" in request.POST or form.is_valid()):
        try:
            if "publish" in request.POST:
                consulting.publish_statement(statement, actor=user)
            else:
                consulting.remove_statement(statement, reason=form.cleaned_data["reason"], actor=user)
        except Conflict as refusal:
            messages.error(request, str(refusal.message))
        return HttpResponseRedirect(_next(row))
    context = {
        "row": row,
        "one": one,
        "form": form,
        "waiting": statements.queue(row).count(),
        "crumbs": [
            frame.start(),
            frame.crumb(row),
            pages.Crumb(_("Statements"), reverse("desk:statements", args=[pk])),
        ],
    }
    return render(request, "desk/consulting/statement.html", context, status=422 if form.errors else 200)


def _next(row: Any) -> str:
    following = statements.queue(row).values_list("pk", flat=True).first()
    if following is None:
        return reverse("desk:statements", args=[row.pk])
    return reverse("desk:statement", args=[row.pk, following])


@access.requires(*ORGANISERS)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add statements of the organiser."""
    row, user = frame.found(request, pk), pages.actor(request)
    ask = pages.Asking(
        title=_("Add statements"),
        intro=_(
            "They are shown as soon as the consultation is open. Ten to twenty that differ make a good beginning."
        ),
        button=_("Add them"),
        back=reverse("desk:consultation", args=[pk]),
        done=reverse("desk:statements", args=[pk]) + "?standing=published",
        said=_("The statements were added."),
        crumbs=[frame.crumb(row)],
        start=frame.start(),
    )
    return pages.form(
        request,
        SeedsForm(pages.posted(request), initial={"language": request.LANGUAGE_CODE}),
        ask,
        lambda values: planning.add_seeds(
            pk,
            texts=values["texts"].splitlines(),
            language=values["language"],
            is_meta=bool(values["is_meta"]),
            actor=user,
        ),
    )
