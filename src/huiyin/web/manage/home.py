"""The start of Manage: what needs attention, then everything that can be set up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission as P
from huiyin.web.components import access
from huiyin.web.manage import attention, pages

SECTIONS = (
    (
        P.MANAGE_ORGANISATION,
        "units",
        _("Units"),
        _("Who works on cases, their teams and whether they receive cases."),
    ),
    (P.MANAGE_USERS, "users", _("Users"), _("Who may sign in, and which roles they hold.")),
    (P.MANAGE_USERS, "programs", _("Programs"), _("Software of others and its keys.")),
    (
        P.MANAGE_CATALOGUE,
        "services",
        _("Services"),
        _("What people can raise, what is asked and what is promised."),
    ),
    (
        P.MANAGE_CATALOGUE,
        "templates",
        _("Reply templates"),
        _("Texts that officers begin their answers with."),
    ),
    (P.MANAGE_CATALOGUE, "rules", _("Rules of filing"), _("What is proposed, or filed by itself, and when.")),
    (
        P.MANAGE_CATALOGUE,
        "filing",
        _("Filing proposals"),
        _("How often they were kept, and what was learnt."),
    ),
    (P.MANAGE_ORGANISATION, "calendars", _("Working calendars"), _("Hours, holidays and make-up days.")),
    (P.MANAGE_ORGANISATION, "channels", _("Channels"), _("The ways in which cases come in.")),
    (P.MANAGE_ORGANISATION, "areas", _("Areas"), _("Districts, subdistricts, communities.")),
    (
        P.MANAGE_ORGANISATION,
        "jurisdictions",
        _("Jurisdictions"),
        _("Parts of the city that programs ask for by name."),
    ),
    (P.IMPORT_CASES, "imports", _("Bring in cases"), _("Cases of another system, from a file.")),
    (P.EXPORT_CASES, "export", _("Take out cases"), _("Cases as a file, for other programs.")),
    (P.MANAGE_SETTINGS, "hooks", _("Web hooks"), _("Other systems that are told what happens to cases.")),
    (P.MANAGE_SETTINGS, "settings", _("Settings"), _("Limits and periods, each with its default.")),
    (
        P.MANAGE_SETTINGS,
        "notices",
        _("Notices"),
        _("What people and colleagues are told, and what went out."),
    ),
    (P.MANAGE_SETTINGS, "purposes", _("Purposes"), _("What contact data may be looked at for.")),
    (P.MANAGE_SETTINGS, "health", _("Health"), _("Whether everything that Huiyin stands on works.")),
    (P.SEE_AUDIT, "audit", _("Audit trail"), _("Who did, saw or exported what, when and why.")),
    (
        P.SEE_AUDIT,
        "deletions",
        _("Register of deletions"),
        _("How much was erased, when and by what rule."),
    ),
)


@access.requires(P.MANAGE_ORGANISATION, P.MANAGE_USERS, P.MANAGE_CATALOGUE, P.MANAGE_SETTINGS, P.SEE_AUDIT)
def home(request: HttpRequest) -> HttpResponse:
    """What needs attention, and the way to every part."""
    user = pages.actor(request)
    context = {
        "points": attention.points(user),
        "sections": [
            {"title": title, "text": text, "href": reverse(f"manage:{name}")}
            for permission, name, title, text in SECTIONS
            if accounts.may(user, permission)
        ],
    }
    return render(request, "manage/home.html", context)
