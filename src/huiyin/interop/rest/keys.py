"""Letting programs in: the key in `Authorization: Bearer …`, what it opens, and how often it may call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase

from huiyin.accounts.enums import Scope
from huiyin.accounts.operations import programs
from huiyin.interop import guests
from huiyin.interop.rest import problems
from huiyin.kernel import metering

SCHEME = "bearer"


class Key(AuthBase):
    """A key with one scope; what the program may see and do beyond that is decided by its role, as for people."""

    openapi_type = "http"
    openapi_scheme = SCHEME

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> programs.Caller:
        """The caller; refuses a missing or wrong key, another scope, and too many calls."""
        caller = programs.admit(_sent(request), scope=self.scope)
        request.quota = caller.quota  # type: ignore[attr-defined]  # read by `counted` below
        return caller


class Optional(Key):
    """Open to everybody; a key is counted as its program's call instead of the address's."""

    def __init__(self) -> None:
        super().__init__(Scope.READ_PUBLISHED)

    def __call__(self, request: HttpRequest) -> bool:  # type: ignore[override]  # nobody acts here, so there is no caller
        """Always true; refuses too many calls."""
        request.quota = guests.count(request, key=_sent(request))  # type: ignore[attr-defined]  # read by `counted` below
        return True


def _sent(request: HttpRequest) -> str:
    """The key of the header; empty where there is none."""
    scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == SCHEME else ""


OPEN = Optional()
FILE, READ, WORK = Key(Scope.FILE_CASES), Key(Scope.READ_CASES), Key(Scope.WORK_ON_CASES)


def caller(request: HttpRequest) -> programs.Caller:
    """Who called, after the key was checked."""
    found: programs.Caller = request.auth  # type: ignore[attr-defined]  # set by the framework
    return found


def wrong_key(request: HttpRequest, _refusal: Any) -> HttpResponse:
    """401 with what to send instead."""
    return problems.of_refusal(request, problems.no_key())


def too_many(request: HttpRequest, refusal: Any) -> HttpResponse:
    """429 with the time to wait."""
    request.quota = refusal.quota  # type: ignore[attr-defined]  # read by `counted` below
    answer = problems.of_refusal(request, refusal)
    answer["Retry-After"] = str(refusal.quota.reset)
    return answer


def counted(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer with what is left of the minute, the program's or the address's."""
    quota: metering.Quota | None = getattr(request, "quota", None)
    if quota is not None:
        answer["RateLimit-Limit"] = str(quota.limit)
        answer["RateLimit-Remaining"] = str(quota.remaining)
        answer["RateLimit-Reset"] = str(quota.reset)
    return answer
