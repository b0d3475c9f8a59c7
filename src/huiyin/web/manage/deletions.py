"""The register of deletions: how many cases and rows went, when and by what rule; never what, and never whose."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.kernel import clock
from huiyin.privacy import queries
from huiyin.web.components import access, dates, punctuation
from huiyin.web.manage import pages


@access.requires(Permission.SEE_AUDIT)
def deletions(request: HttpRequest) -> HttpResponse:
    """Every line, newest first."""
    page = pages.numbered(request, queries.deletions())
    what = pages.Listing(
        title=_("Register of deletions"),
        intro=_(
            "Proves that data went when they had to, and how many. What went and whose it was stands nowhere any "
            "more. Cases under a legal hold are left out."
        ),
        headers=[_("When"), _("Why"), _("Cases"), _("Rows")],
        rows=[_cells(row) for row in page],
        empty=_("Nothing was erased yet."),
        page=page,
    )
    return pages.listing(request, what)


def _cells(row: Any) -> list[pages.Cell]:
    named = {label: name for label in row.rows if (name := _named(label))}
    kinds = [f"{name} {row.rows[label]}" for label, name in sorted(named.items())]
    return [
        pages.Cell(dates.moment_words(row.created_at, this_year=clock.today().year)),
        pages.Cell(row.get_rule_display()),
        pages.Cell(row.cases, numeric=True),
        pages.Cell(sum(row.rows.values()), note=punctuation.listing(kinds), numeric=True),
    ]


def _named(label: str) -> str:
    """What a table holds, in the reader's language; empty where it has no name for people or is gone since."""
    try:
        name = apps.get_model(label)._meta.verbose_name
    except LookupError:
        return ""
    return str(name) if isinstance(name, Promise) else ""
