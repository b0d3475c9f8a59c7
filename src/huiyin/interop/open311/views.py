"""The addresses of GeoReport v2. Each returns the name of its outermost element and what stands in it."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Scope
from huiyin.interop.open311 import answers, discovery, filing, reading, requests, updating
from huiyin.interop.open311 import catalogue as services_
from huiyin.interop.open311.problems import missing

Named = answers.Named


@answers.address("GET", "HEAD")
def discover(_request: HttpRequest) -> Named:
    """Where the interface is and in which formats."""
    return "discovery", discovery.document()


@answers.address("GET", "HEAD")
def services(request: HttpRequest, *, kind: str = "") -> Named:  # noqa: ARG001 -- both endpoints answer alike
    """What can be filed."""
    return "services", services_.services(reading.jurisdiction(request.GET.dict()))


@answers.address("GET", "HEAD")
def service(request: HttpRequest, *, code: str, kind: str = "") -> Named:  # noqa: ARG001 -- both endpoints answer alike
    """The questions of one service."""
    row = services_.service(code, reading.jurisdiction(request.GET.dict()))
    return "service_definition", services_.definition(row)


@answers.address("GET", "HEAD", "POST")
def requests_(request: HttpRequest, *, kind: str = "") -> Named:
    """List what is published, or file a case."""
    if request.method != "POST":
        return "service_requests", requests.found(request.GET.dict())
    given = answers.sent(request)
    caller = answers.admitted(request, given, Scope.FILE_CASES)
    act = filing.rehearse if kind else filing.file
    return "service_requests", act(given, caller=caller)


@answers.address("GET", "HEAD")
def one_request(request: HttpRequest, *, number: str, kind: str = "") -> Named:  # noqa: ARG001 -- both answer alike
    """A list of one published case."""
    return "service_requests", requests.one(number, request.GET.dict())


@answers.address("GET", "HEAD")
def token(request: HttpRequest, *, token: str, kind: str = "") -> Named:  # noqa: ARG001 -- both endpoints answer alike
    """The number behind a token."""
    reading.jurisdiction(request.GET.dict())
    return "service_requests", filing.number_of(token)


@answers.address("GET", "HEAD", "POST")
def updates(request: HttpRequest, *, kind: str = "") -> Named:
    """How published cases went on, or an update of a program."""
    if request.method != "POST":
        return "service_request_updates", requests.updates(request.GET.dict())
    given = answers.sent(request)
    caller = answers.admitted(request, given, Scope.WORK_ON_CASES, Scope.FILE_CASES)
    reading.jurisdiction(given.fields)
    act = updating.rehearse if kind else updating.post
    return "service_request_updates", act(given, caller=caller)


@answers.address("GET", "HEAD", "POST")
def nothing(_request: HttpRequest, *, path: str = "") -> Named:  # noqa: ARG001 -- whatever it was
    """Whatever else begins like the interface: an error in its own format."""
    raise missing(_("There is nothing at this address."))
