"""All consultations of a member of staff; beginning one, and changing a draft."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.catalogue.queries import localised
from huiyin.consultations import permissions
from huiyin.consultations.operations import planning
from huiyin.consultations.queries import lists
from huiyin.organisations import queries as organisations
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.forms import ConsultationForm, SearchForm, initial
from huiyin.web.manage import pages

ORGANISERS = (Permission.CONSULT_UNIT, Permission.CONSULT_ALL)


@access.requires(*permissions.ANY_PART)
def consultation_list(request: HttpRequest) -> HttpResponse:
    """All consultations that one works with."""
    user = pages.actor(request)
    search = SearchForm(request.GET)
    wanted = search.cleaned_data if search.is_valid() else {"q": "", "state": ""}
    page = pages.numbered(request, lists.for_staff(user, words=wanted["q"], state=wanted["state"]))
    counts = lists.participant_counts([row.pk for row in page])
    may_begin = any(accounts.may(user, one) for one in ORGANISERS)
    what = pages.Listing(
        title=_("Consultations"),
        intro=_("Ask people, see where they agree, and tell them what became of it."),
        headers=[_("Question"), _("State"), _("Dates"), _("Unit"), _("Participants")],
        rows=[_row(row, counts.get(row.pk, 0)) for row in page],
        empty=_("No consultation is found."),
        new=pages.Crumb(_("Begin a consultation"), reverse("desk:consultation_new")) if may_begin else None,
        others=[pages.Crumb(_("Bring one in from files"), reverse("desk:consultation_import"))]
        if may_begin
        else [],
        filters=search,
        page=page,
        start=frame.start(),
    )
    return pages.listing(request, what)


def _row(row: Any, participants: int) -> list[pages.Cell]:
    return [
        pages.Cell(frame.title(row), reverse("desk:consultation", args=[row.pk])),
        pages.Cell(row.get_state_display(), tag=frame.tag(row) or "nothing"),
        pages.Cell(frame.period(row)),
        pages.Cell(localised(row.unit.names) or row.unit.code),
        pages.Cell(participants, numeric=True),
    ]


@access.requires(*ORGANISERS)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a consultation."""
    user = pages.actor(request)
    form = ConsultationForm(pages.posted(request), user=user)
    ask = pages.Asking(
        title=_("Begin a consultation"),
        intro=_("It stays a draft that only you and your colleagues see, until you announce it."),
        button=_("Keep the draft"),
        back=reverse("desk:consultations"),
        start=frame.start(),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        unit = pages.found(organisations.unit(values["unit"]))
        row = planning.create(values["code"], unit=unit, draft=form.draft(), actor=user)
        return HttpResponseRedirect(reverse("desk:consultation", args=[row.pk]))

    return pages.form(request, form, ask, act)


@access.requires(*ORGANISERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    user, row = pages.actor(request), frame.found(request, pk)
    form = ConsultationForm(pages.posted(request), user=user, row=row, initial=initial(row))
    asked = request.GET.get("revision", "")
    revision = int(asked) if asked.isdecimal() else row.revision
    ask = pages.Asking(
        title=_("Change the draft"),
        button=_("Save"),
        back=reverse("desk:consultation", args=[pk]),
        said=_("The draft was changed."),
        start=frame.start(),
        crumbs=[frame.crumb(row)],
    )
    return pages.form(
        request,
        form,
        ask,
        lambda _values: planning.change(pk, draft=form.draft(), actor=user, revision=revision),
    )
