"""What every address of the interface has in common: formats, errors, browsers of other sites, HEAD and OPTIONS."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from huiyin.accounts.enums import Scope
from huiyin.accounts.operations import programs
from huiyin.interop import guests
from huiyin.interop.open311 import reading, rendering
from huiyin.interop.open311.filing import Sent
from huiyin.interop.open311.problems import Problem, bad, of_refusal
from huiyin.kernel import access, errors, metering

View = Callable[..., HttpResponse]
# The name of the outermost element, and what stands in it.
Named = tuple[str, Any]
OPEN = access.public(reason="What is published is for everybody; who sends something shows a key.")
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
TAIL = 200
READING = frozenset({"GET", "HEAD"})


def address(*methods: str) -> Callable[[Callable[..., Named]], View]:
    """A view of the interface: answers in the format of its address, refusals as the standard's errors.

    Any web page may read it: there are no cookies here, and whoever sends something shows a key.
    """

    def decorate(act: Callable[..., Named]) -> View:
        @wraps(act)
        def view(request: HttpRequest, *, form: str = "xml", **given: Any) -> HttpResponse:
            form = form if form in rendering.TYPES else "xml"
            if request.method == "OPTIONS":
                response = HttpResponse(status=204)
            elif request.method not in methods:
                response = _errors(Problem(405, _("This address does not take this method.")), form)
                response["Allow"] = ", ".join([*methods, "OPTIONS"])
            else:
                response = _acted(request, act, form, given)
            return _for_any_site(response, methods)

        return csrf_exempt(OPEN(view))

    return decorate


def _acted(request: HttpRequest, act: Callable[..., Named], form: str, given: dict[str, Any]) -> HttpResponse:
    try:
        if request.method in READING:
            request.quota = guests.count(request, key=request.GET.get("api_key", ""))  # type: ignore[attr-defined]  # read by `_counted`
        name, value = act(request, **given)
    except Problem as problem:
        response = _errors(problem, form)
    except programs.TooManyCalls as refusal:
        request.quota = refusal.quota  # type: ignore[attr-defined]  # read by `_counted`
        response = _errors(of_refusal(refusal), form)
        response["Retry-After"] = str(refusal.quota.reset)
    except errors.Refusal as refusal:
        response = _errors(of_refusal(refusal), form)
    else:
        response = _rendered(name, value, form, status=200)
    return _counted(request, response)


def _rendered(name: str, value: Any, form: str, *, status: int) -> HttpResponse:
    body = rendering.to_json(value) if form == "json" else rendering.to_xml(name, value)
    return HttpResponse(body, status=status, content_type=rendering.TYPES[form])


def _errors(problem: Problem, form: str) -> HttpResponse:
    said = [{"code": problem.status, "description": text} for text in problem.descriptions]
    return _rendered("errors", said, form, status=problem.status)


def _counted(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say what is left of the minute, the program's or the address's."""
    quota: metering.Quota | None = getattr(request, "quota", None)
    if quota is not None:
        response["RateLimit-Limit"] = str(quota.limit)
        response["RateLimit-Remaining"] = str(quota.remaining)
        response["RateLimit-Reset"] = str(quota.reset)
        if request.method not in READING:
            response["Cache-Control"] = "no-store"
    return response


def _for_any_site(response: HttpResponse, methods: tuple[str, ...]) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join([*methods, "OPTIONS"])
    response["Access-Control-Allow-Headers"] = "Content-Type, Accept, Accept-Language"
    response["Access-Control-Expose-Headers"] = (
        "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
    )
    return response


def sent(request: HttpRequest) -> Sent:
    """Fields of query and body as one, and the files. Refuses bodies that are no forms, or not whole."""
    if request.content_type not in FORMS:
        raise bad(_("Send a form: application/x-www-form-urlencoded or multipart/form-data."))
    tail = _Tail(request)
    try:
        fields: QueryDict = request.POST
        media = request.FILES.getlist("media")
    except (MultiPartParserError, SuspiciousOperation, OSError, UnicodeError) as error:
        raise bad(_("The body could not be read.")) from error
    if request.content_type == "multipart/form-data" and not tail.is_closed(request):
        raise bad(_("The body could not be read."))
    if request.GET:
        both = fields.copy()
        for name, values in request.GET.lists():
            if name not in fields:
                both.setlist(name, values)
        return Sent(both, media)
    return Sent(fields, media)


class _Tail:
    """Remembers the last bytes of a body that streams by: a form that was cut off would be taken for a whole one."""

    def __init__(self, request: HttpRequest) -> None:
        self.more, self.last = request.read, b""
        request.read = self.read  # type: ignore[method-assign]  # the parser reads through here

    def read(self, *given: Any) -> bytes:
        """The next bytes."""
        found = self.more(*given)
        self.last = (self.last + found)[-TAIL:]
        return found

    def is_closed(self, request: HttpRequest) -> bool:
        """Whether the body ended with its closing boundary."""
        boundary = (request.content_params or {}).get("boundary", "")
        return self.last.rstrip().endswith(f"--{boundary}--".encode())


def admitted(request: HttpRequest, given: Sent, *scopes: Scope) -> programs.Caller:
    """The program whose key was sent, if it has one of `scopes`; counts the call."""
    caller = programs.admit_any(reading.key(given.fields), scopes=scopes)
    request.quota = caller.quota  # type: ignore[attr-defined]  # read by `_counted`
    return caller
