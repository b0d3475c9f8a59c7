"""How a refusal looks: a page, a piece for htmx, or JSON."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.template.exceptions import TemplateDoesNotExist
from django.utils.html import format_html
from django.utils.translation import gettext as _

from huiyin.kernel import errors


def answer(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    """The response for `refusal`, with its status.

    Accept: application/json gets `{"error": {"code", "message", "fields"}}`. htmx gets the piece
    `components/refusal.html`, put into the element `#refusal` whatever the request aimed at. Everybody else gets the
    page of the status, `403.html` …, with `message`, `fields` and `status`.
    """
    message = str(refusal.message) or default_message(refusal.status)
    fields = {name: str(text) for name, text in refusal.fields.items()}
    if wants_json(request):
        body = {"error": {"code": refusal.code, "message": message, "fields": fields}}
        return JsonResponse(body, status=refusal.status, json_dumps_params={"ensure_ascii": False})
    context = {"message": message, "fields": fields, "status": refusal.status, "code": refusal.code}
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        response = _render(request, ["components/refusal.html"], context)
        response["HX-Retarget"] = "#refusal"
        response["HX-Reswap"] = "innerHTML show:window:top"
        return response
    # The page of a status has words of its own; only what the verb said is added to them.
    return _render(
        request, [f"{refusal.status}.html", "400.html"], {**context, "message": str(refusal.message)}
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether the client prefers JSON to a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def default_message(status: int) -> str:
    """Words for a refusal that brought none."""
    return {
        400: _("We could not understand this request. Go back and try again."),
        403: _("You may not do this."),
        404: _("There is nothing at this address."),
        409: _("This has changed in between. Load the page again and look at the new state."),
        413: _("This is larger than we can take."),
        422: _("Something in your entries needs to be changed."),
        429: _("There were too many attempts. Wait a few minutes and try again."),
    }.get(status, _("This could not be done."))


def _render(request: HttpRequest, names: list[str], context: dict[str, Any]) -> HttpResponse:
    status = context["status"]
    try:
        text = loader.select_template(names).render(context, request)
    except TemplateDoesNotExist:
        words = context["message"] or default_message(status)
        title = HTTPStatus(status).phrase
        text = format_html('<!doctype html><meta charset="utf-8"><title>{}</title><p>{}</p>', title, words)
    return HttpResponse(text, status=status)


class _Gone(errors.Refusal):
    def __init__(self, status: int, code: str) -> None:
        super().__init__()
        self.status, self.code = status, code


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: suspicious or too large requests."""
    too_large = type(exception).__name__ in {"RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent"}
    return answer(request, _Gone(413, "too_large") if too_large else _Gone(400, "bad_request"))


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Django's handler403."""
    return answer(request, errors.Denied())


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Django's handler404."""
    return answer(request, errors.Missing())


def cross_site(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a form whose CSRF token is missing or old (setting CSRF_FAILURE_VIEW)."""
    return answer(
        request, errors.Denied(_("This form is too old, or cookies are switched off. Load the page again."))
    )
