"""The health of every seam."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.usecases import health as usecases
from huiyin.web.components import access
from huiyin.web.manage import pages


@access.requires(Permission.MANAGE_SETTINGS)
def health(request: HttpRequest) -> HttpResponse:
    """What each seam says of itself now."""
    rows = [
        [
            pages.Cell(seam.name),
            pages.Cell(_("works"), tag="kept")
            if seam.health.ok
            else pages.Cell(_("look at it"), tag="danger"),
            pages.Cell(seam.health.detail),
            pages.Cell(_("%(count)s ms") % {"count": seam.milliseconds}),
        ]
        for seam in usecases.report(actor=pages.actor(request))
    ]
    what = pages.Listing(
        title=_("Health"),
        intro=_("Asked just now. Load the page again to ask again."),
        headers=[_("Part"), _("State"), _("What it says"), _("Answered in")],
        rows=rows,
        empty="",
    )
    response = pages.listing(request, what)
    response["Cache-Control"] = "no-store"
    return response
