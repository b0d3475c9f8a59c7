"""What people should know before they speak: what becomes of their data, and what to do where a page shuts them out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.web.components import access


@access.public(reason="Who speaks must be able to read what becomes of it.")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What becomes of personal data, with the periods that are in force."""
    settings = organisations.settings()
    context = {
        "anonymised": settings[SettingKey.ANONYMISE_AFTER_DAYS],
        "withdrawn": settings[SettingKey.DELETE_WITHDRAWN_AFTER_DAYS],
        "deleted": settings[SettingKey.DELETE_AFTER_DAYS],
    }
    return render(request, "public/about/privacy.html", context)


@access.public(reason="Who cannot use a page must be able to say so.")
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What these pages promise to everybody, and where to say that they fail."""
    return render(request, "public/about/accessibility.html")
