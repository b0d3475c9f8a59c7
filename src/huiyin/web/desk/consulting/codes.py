"""Codes to print: made once, shown once, revoked if a package is lost."""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from huiyin.consultations.operations import invitations
from huiyin.consultations.queries import lists
from huiyin.kernel import public_ids
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.forms import CodesForm
from huiyin.web.desk.consulting.lists import ORGANISERS
from huiyin.web.manage import pages


@access.requires(*ORGANISERS)
def batches(request: HttpRequest, pk: int) -> HttpResponse:
    """The packages of codes, and making another one."""
    row, user = frame.found(request, pk), pages.actor(request)
    found = [_line(batch) for batch in lists.batches(row)]
    ask = pages.Asking(
        title=_("Codes"),
        intro=_(
            "The letters open once, right after they are made: print them at once. They cannot be shown again."
        ),
        button=_("Make the letters"),
        back=reverse("desk:consultation", args=[pk]),
        crumbs=[frame.crumb(row)],
        start=frame.start(),
        extra={"batches": found, "row": row},
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        return _letters(
            request, row, invitations.make_codes(pk, label=values["label"], count=values["count"], actor=user)
        )

    return pages.form(
        request, CodesForm(pages.posted(request)), ask, act, template="desk/consulting/codes.html"
    )


@access.requires(*ORGANISERS)
def revoke(request: HttpRequest, pk: int, batch: int) -> HttpResponse:
    """Let nobody take part with a lost package."""
    row = frame.found(request, pk)
    found = pages.found(lists.batches(row).filter(pk=batch).first())
    ask = pages.Asking(
        title=_("Revoke the codes for “%(label)s”?") % {"label": found.label},
        intro=_(
            "Nobody can take part with them any more. Votes already given stay: nobody can tell them apart."
        ),
        button=_("Revoke them"),
        back=reverse("desk:codes", args=[pk]),
        said=_("The codes were revoked."),
        crumbs=[frame.crumb(row)],
        start=frame.start(),
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: invitations.revoke_codes(found, actor=pages.actor(request)))


def _letters(request: HttpRequest, row: Any, package: invitations.Package) -> HttpResponse:
    """The letters, ready to print. The answer to making them is the only place where codes are in clear."""
    page = f"{settings.HUIYIN_BASE_URL}/consultations/{row.code}/"
    picture = segno.make(page, error="m").svg_inline(
        scale=3, border=2, omitsize=False, svgclass=None, lineclass=None
    )
    context = {
        "row": row,
        "title": frame.title(row),
        "page": page,
        "picture": mark_safe(picture),
        "codes": [public_ids.grouped(code) for code in package.codes],
        "until": frame.period(row).rpartition("– ")[2],
        "label": package.batch.label,
    }
    response = render(request, "desk/consulting/letters.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _line(batch: Any) -> dict[str, Any]:
    made = frame.day(batch.created_at)
    return {
        "batch": batch,
        "words": _("%(count)s codes, made on %(day)s") % {"count": batch.count, "day": made},
    }
