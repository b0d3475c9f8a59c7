"""The interface as a whole: its parts, its errors, and its description in OpenAPI 3.1."""

from __future__ import annotations

import functools
from typing import Any

import pydantic_core
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from huiyin.accounts.operations import programs
from huiyin.interop.rest import directory, documented, filing, keys, problems, reading, working
from huiyin.kernel.errors import Refusal


class Interface(NinjaAPI):
    """Operations are known by the names of their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the function, which is a good name for a client's method too."""
        return operation.view_func.__name__


api = Interface(
    title="Huiyin",
    version="1",
    description=documented.INTRODUCTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="rest",
)
for router in (reading.router, filing.router, working.router, directory.router):
    api.add_router("/v1", router)
api.add_exception_handler(Refusal, problems.of_refusal)
api.add_exception_handler(programs.WrongKey, keys.wrong_key)
api.add_exception_handler(programs.TooManyCalls, keys.too_many)
api.add_exception_handler(ValidationError, problems.of_validation)
api.add_exception_handler(HttpError, problems.of_http)


@api.exception_handler(RequestDataTooBig)
@api.exception_handler(TooManyFilesSent)
def too_big(_request: HttpRequest, _error: Any) -> HttpResponse:
    """413 where the body is larger than any request needs."""
    return problems.response(413, code="too_large", detail=_("This is larger than we can take."))


@functools.cache
def description() -> dict[str, Any]:
    """The OpenAPI description of the interface, the same in every language and on every machine."""
    return documented.completed(dict(api.get_openapi_schema(path_prefix="/api/")))


def openapi(_request: HttpRequest) -> HttpResponse:
    """The description as JSON, with the address of this installation."""
    body = pydantic_core.to_json({**description(), "servers": [{"url": settings.HUIYIN_BASE_URL}]})
    return HttpResponse(body, content_type="application/json")
