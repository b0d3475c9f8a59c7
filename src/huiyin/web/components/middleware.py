"""Middleware of our own: refusals become answers, the language can be chosen, and no view is open by mistake."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.middleware.security import SecurityMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.kernel import errors
from huiyin.web.components import access, refusals

Respond = Callable[[HttpRequest], HttpResponse]
PROGRAM_ADDRESSES = ("/open311/", "/api/")


class Refusals:
    """Turn a `kernel.errors.Refusal` that a view lets through into its page, htmx piece or JSON.

    NUL characters, which no database can look for, are dropped from the query of an address.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            return HttpResponse(status=HTTPStatus.BAD_REQUEST)
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Leave every other exception to Django."""
        return refusals.answer(request, exception) if isinstance(exception, errors.Refusal) else None


class Language(LocaleMiddleware):
    """The browser's language, or the one chosen: `?lang=zh-hant` on any page chooses and is remembered in a cookie."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the chosen language, else that of the cookie, else the browser's."""
        super().process_request(request)
        chosen = _chosen(request)
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Remember a choice; tell caches what the page depends on."""
        chosen = _chosen(request)
        if chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
                secure=settings.SECURE,
            )
        return super().process_response(request, response)


def _chosen(request: HttpRequest) -> str | None:
    code = request.GET.get("lang", "").lower()
    return code if code in dict(settings.LANGUAGES) else None


class Access:
    """Open a view only to those whom its mark names; a view without a mark is open to nobody (see `access`).

    What was opened by signing in is kept by no browser: after signing out the back button shows nothing of it.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        rule = access.rule_of(match.func, match.view_name) if match is not None else None
        if rule is not None and rule.needs_sign_in:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: access.View, _args: list[Any], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer in the view's place: sign in first, set up the second factor first, or denied."""
        match = request.resolver_match
        rule = access.rule_of(view, match.view_name if match else None)
        if rule is None:
            return refusals.answer(request, errors.Missing())
        if not rule.needs_sign_in:
            return None
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        if access.must_choose_password(request, match):
            return redirect("account_change_password")
        if not access.allows(rule, request.user):
            return refusals.answer(request, errors.Denied())
        if settings.HUIYIN_SECOND_FACTOR and not access.sets_up_second_factor(match):
            return redirect("mfa_index") if access.lacks_second_factor(request) else None
        return None


class Programs:
    """The short way of the interfaces for programs: what serves signing in, forms and pages is left out.

    They know no session and no cookie but that of the language, and answer no pages; hundreds may call in a second.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.short = _ShortWay()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PROGRAM_ADDRESSES):
            return self.short.chain(request)
        return self.get_response(request)


class _ShortWay(BaseHandler):
    """Django's own handling of a request, with a list of middleware that does not come from the settings."""

    def __init__(self) -> None:
        inner: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # not in the stubs
        access_ = Access(inner)
        chain: Any = convert_exception_to_response(access_)
        for step in (CommonMiddleware, Language, GZipMiddleware, SecurityMiddleware):
            chain = convert_exception_to_response(step(chain))
        first = Refusals(chain)
        whole: Any = convert_exception_to_response(first)
        self.chain: Respond = whole
        self._view_middleware = [access_.process_view]
        self._template_response_middleware: list[Any] = []
        self._exception_middleware = [first.process_exception]


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if refusals.wants_json(request):
        error = {"code": "sign_in", "message": _("Sign in first."), "fields": {}}
        return JsonResponse({"error": error}, status=401)
    if request.headers.get("HX-Request"):
        # A fragment of the sign-in page would land in the middle of the old one: load the whole page again.
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseRedirect(reverse(settings.LOGIN_URL))
    return redirect_to_login(request.get_full_path())
