"""What a browser shows to take part: a signed cookie that goes to this one consultation and to no other page.

Nothing is written down on the server: the cookie holds what somebody showed (a random mark, the hash of a code, …), and
the database only what becomes of it by the secret of the consultation.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from huiyin.consultations.enums import Audience
from huiyin.consultations.operations import admission
from huiyin.kernel import clock, public_ids

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

COOKIE = "part"
# Longer than the consultation itself: its end may still be put off.
SPARE = dt.timedelta(days=90)


def of(request: HttpRequest, row: Consultation) -> admission.Proof | None:
    """What this browser showed before, or None. Refuses (Denied) an account that is not of the unit."""
    if row.audience == Audience.UNIT:
        return admission.with_account(row, user=request.user) if request.user.is_authenticated else None
    try:
        kind, value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(row))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return admission.Proof(str(kind), str(value))


def new(row: Consultation) -> admission.Proof:
    """A browser that comes for the first time. Refuses (Denied) where more must be shown."""
    return admission.with_browser(row, mark=public_ids.token())


def keep(response: HttpResponse, row: Consultation, proof: admission.Proof) -> HttpResponse:
    """Let the browser show it again until some time after the end; an account needs nothing of the kind."""
    if row.audience != Audience.UNIT:
        until = (row.closes_at or clock.now()) + SPARE
        response.set_cookie(
            COOKIE,
            signing.dumps([proof.kind, proof.value], salt=_salt(row)),
            max_age=max(1, int((until - clock.now()).total_seconds())),
            path=_path(row),
            httponly=True,
            samesite="Lax",
            secure=settings.SECURE,
        )
    return response


def forget(response: HttpResponse, row: Consultation) -> HttpResponse:
    """Let the next person at this device take part as somebody else."""
    response.delete_cookie(COOKIE, path=_path(row), samesite="Lax")
    return response


def _salt(row: Consultation) -> str:
    return f"consultation:{row.pk}"


def _path(row: Consultation) -> str:
    return reverse("public:consultation", args=[row.code])
