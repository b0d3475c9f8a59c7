"""Letting programs in: the key in `Authorization: Bearer …`, what it opens, and how often it may call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase

from huiyin.accounts.enums import Scope
from huiyin.accounts.operations import programs
from huiyin.interop.rest import problems

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
        scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
        caller = programs.admit(key.strip() if scheme.lower() == SCHEME else "", scope=self.scope)
        request.quota = caller.quota  # type: ignore[attr-defined]  # read by `counted` below
        return caller


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
    """The answer with what is left of the program's minute."""
    quota: programs.Quota | None = getattr(request, "quota", None)
    if quota is not None:
        answer["RateLimit-Limit"] = str(quota.limit)
        answer["RateLimit-Remaining"] = str(quota.remaining)
        answer["RateLimit-Reset"] = str(quota.reset)
    return answer
