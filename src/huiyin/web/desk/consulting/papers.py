"""Entering what people said on paper or by phone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.consultations.enums import Via
from huiyin.consultations.operations import sheets
from huiyin.consultations.queries import statements
from huiyin.usecases import consulting
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.forms import PaperForm
from huiyin.web.manage import pages


@access.requires(Permission.ENTER_PAPERS)
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet after the other; after each an empty one."""
    row, user = frame.found(request, pk), pages.actor(request)
    form = PaperForm(
        pages.posted(request), row=row, shown=list(statements.published(row)), initial={"via": Via.PAPER}
    )
    ask = pages.Asking(
        title=_("Enter a sheet or a call"),
        intro=_(
            "Read each statement as it stands, without comment. What the person did not answer stays open."
        ),
        button=_("Enter it"),
        back=reverse("desk:consultation", args=[pk]),
        crumbs=[frame.crumb(row)],
        start=frame.start(),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        count = consulting.enter_sheet(pk, sheet=_sheet(form, values, request.LANGUAGE_CODE), actor=user)
        messages.success(request, _("Entered: %(count)s votes. The next sheet, please.") % {"count": count})
        return HttpResponseRedirect(request.path)

    return pages.form(request, form, ask, act)


def _sheet(form: PaperForm, values: dict[str, Any], language: str) -> sheets.Sheet:
    return sheets.Sheet(
        via=Via(values["via"]),
        code=values.get("code", ""),
        sheet=values.get("sheet", ""),
        votes=form.votes(),
        statements=values.get("statements", "").splitlines(),
        language=language,
    )
