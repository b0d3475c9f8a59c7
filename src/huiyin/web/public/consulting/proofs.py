"""What a browser shows to take part, kept in a signed cookie of this consultation's address alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from huiyin.consultations.enums import Audience
from huiyin.consultations.operations import admission
from huiyin.kernel import public_ids

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

SALT = "consultation-proof"
YEAR = 365 * 24 * 3600


def of(request: HttpRequest, row: Consultation) -> admission.Proof | None:
    """What the browser showed before; for members of a unit, who is signed in. None for somebody new."""
    if row.audience == Audience.UNIT:
        return admission.with_account(row, user=request.user) if request.user.is_authenticated else None
    try:
        kind, value = signing.loads(request.COOKIES.get(_name(row), ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return admission.Proof(str(kind), str(value))


def first(row: Consultation) -> admission.Proof:
    """A new mark, where anyone may take part. Refuses (Denied) elsewhere."""
    return admission.with_browser(row, mark=public_ids.token())


def keep(response: HttpResponse, row: Consultation, proof: admission.Proof) -> HttpResponse:
    """Let the browser keep what was shown, for this consultation only; it is in no log and no database."""
    response.set_cookie(
        _name(row),
        signing.dumps([proof.kind, proof.value], salt=SALT),
        max_age=YEAR,
        path=f"/consultations/{row.code}/",
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _name(row: Consultation) -> str:
    return f"voice-{row.pk}"
