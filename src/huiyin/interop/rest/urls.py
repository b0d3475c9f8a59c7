"""Addresses of the interface, below /api/."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from huiyin.interop.rest import keys, problems
from huiyin.interop.rest.api import api, openapi
from huiyin.kernel import access

View = Callable[..., HttpResponse]
PROGRAMS = access.public(reason="Programs show a key; each operation checks what it opens.")
EVERYBODY = access.public(reason="The description of the interface holds nothing but the interface.")


def _served(views: list[View]) -> View:
    """What stands at one address: the operation for the method, HEAD like GET, and what is left to call."""

    @csrf_exempt
    @PROGRAMS
    def served(request: HttpRequest, **given: Any) -> HttpResponse:
        method, allowed = request.method, []
        request.method = "GET" if method == "HEAD" else method
        for view in views:
            answer = view(request, **given)
            if answer.status_code != 405:
                request.method = method
                return keys.counted(request, answer)
            allowed.append(answer["Allow"])
        answer = problems.response(405, code="method", detail=_("This address does not take this method."))
        answer["Allow"] = ", ".join(allowed)
        return answer

    return served


def _operations() -> list[URLPattern]:
    """One address each, in the order of the parts; reading and writing at one address are parts of their own."""
    found: dict[str, list[URLPattern]] = {}
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            found.setdefault(str(pattern.pattern), []).append(pattern)
    return [
        path(route, _served([each.callback for each in patterns]), name=patterns[0].name)
        for route, patterns in found.items()
    ]


@csrf_exempt
@PROGRAMS
def nothing_here(_request: HttpRequest) -> HttpResponse:
    """404 as a problem, for whatever else begins with /api/."""
    return problems.response(404, code="missing", detail=_("There is nothing at this address."))


app_name = "api"
urlpatterns: list[URLPattern] = [
    path("openapi.json", EVERYBODY(openapi), name="openapi"),
    *_operations(),
    re_path("^", nothing_here, name="nothing"),
]
