"""The register of deletions: how many cases and rows went, when and by what rule; never what, and never whose."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
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
    kinds = [f"{_named(label)} {count}" for label, count in sorted(row.rows.items())]
    return [
        pages.Cell(dates.moment_words(row.created_at, this_year=clock.today().year)),
        pages.Cell(row.get_rule_display()),
        pages.Cell(row.cases, numeric=True),
        pages.Cell(sum(row.rows.values()), note=punctuation.listing(kinds), numeric=True),
    ]


def _named(label: str) -> str:
    """The name of a table; one that is gone since keeps its label."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label
