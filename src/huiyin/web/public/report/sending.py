"""The last step: check, send, and the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from huiyin.cases.enums import Anonymity
from huiyin.cases.operations import drafts, intake, limits
from huiyin.cases.queries import receipts
from huiyin.catalogue import queries as catalogue
from huiyin.kernel import addresses, public_ids
from huiyin.kernel.errors import Missing, Refusal
from huiyin.places import queries as places
from huiyin.triage.queries import duplicates
from huiyin.usecases import filing
from huiyin.web.components import access
from huiyin.web.public import receipt_file
from huiyin.web.public.report import draft as drafting
from huiyin.web.public.report import steps, summary
from huiyin.web.public.report.draft import Report

if TYPE_CHECKING:
    from huiyin.cases.models import Draft

ANYBODY = access.public(reason="Anybody may raise a case, without an account.")


@ANYBODY
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Everything on one page, each with a way to change it."""
    report = drafting.unsent(request)
    missing = steps.first_open(report)
    if missing != steps.CHECK:
        return redirect(steps.url(missing))
    return render(request, "public/report/check.html", _check_context(report))


def _check_context(report: Report) -> dict[str, Any]:
    version = report.service.current if report.service else None
    return steps.frame(report, steps.CHECK) | {
        "rows": summary.rows(report),
        "limit": receipts.promised_words(version),
        "unit": intake.first_unit(version, about=report.about_unit),
        # Now that the place is known: the same matter may have been told from there.
        "alike": duplicates.published_alike(report.matter()) if report.has_place else [],
    }


@ANYBODY
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """File the case. Pressing twice, or sending again after a lost connection, files it once."""
    report = drafting.of(request)
    if report.draft is None:
        return redirect(steps.url(steps.MATTER))
    if not report.is_sent:
        missing = steps.first_open(report)
        if missing != steps.CHECK:
            return redirect(steps.url(missing))
        limits.count_case(addresses.of(request))
        try:
            _send(report, report.draft)
        except Refusal as refused:
            context = _check_context(report) | {"problem": refused.message}
            return render(request, "public/report/check.html", context, status=refused.status)
    return redirect("public:report_sent")


@transaction.atomic
def _send(report: Report, draft: Draft) -> None:
    """File what the draft holds and leave number and secret in it; the draft is locked, so that it happens once."""
    locked = drafts.lock(draft)
    report.draft, report.entered = locked, drafts.entered(locked)
    if report.is_sent:
        return
    filed = filing.file_case(_new_case(report), contact=_contact(report))
    drafts.replace(locked, sent_number=filed.case.number, sent_secret=filed.secret)


def _new_case(report: Report) -> intake.NewCase:
    entered = report.entered
    channel = catalogue.channel("web")
    if channel is None:
        raise Missing("The channel “web” is not set up.")
    point = (entered["lat"], entered["lon"]) if entered.get("lat") is not None else None
    return intake.NewCase(
        text=report.text,
        channel=channel,
        version=report.service.current if report.service else None,
        kind=report.kind,
        about_unit=report.about_unit,
        language=entered.get("language") or get_language() or "zh-hans",
        intake=entered.get("intake", []),
        place_text=entered.get("place_text", ""),
        area=places.area(entered.get("area", "")),
        point=point,
        anonymity=Anonymity(entered.get("anonymity", Anonymity.NOBODY)),
        files=drafts.files(report.draft) if report.draft else [],
    )


def _contact(report: Report) -> filing.ContactGiven:
    entered = report.entered
    return filing.ContactGiven(
        name=str(entered.get("name", "")), phone=str(entered.get("phone", "")), email=str(entered.get("email", "")),
        wants_mail=bool(entered.get("wants_mail")), wants_sms=bool(entered.get("wants_sms")),
        daily=bool(entered.get("daily")),
    )  # fmt: skip


@ANYBODY
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The receipt: number, secret, promised dates. Shown in this browser only, until it is put away."""
    report = drafting.of(request)
    if not report.is_sent:
        return redirect("public:report")
    number, secret = report.entered["sent_number"], report.entered["sent_secret"]
    case = receipts.case_for_receipt(number)
    follow = f"{settings.HUIYIN_BASE_URL}{reverse('public:track')}?number={number}"
    context = {
        "case": case,
        "number": receipts.shown_number(number),
        "secret": public_ids.grouped(secret),
        "qr": segno.make(follow, error="m").svg_inline(
            scale=4, dark="#16211f", light="#ffffff", omitsize=True
        ),
        "follow": follow,
        "service": catalogue.service_name(report.service) if report.service else "",
    }
    response = render(request, "public/report/sent.html", context)
    response["Cache-Control"] = "no-store"
    return response


@ANYBODY
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """The signed receipt as a file."""
    report = drafting.of(request)
    if not report.is_sent:
        raise Missing
    return receipt_file.response(report.entered["sent_number"])


@ANYBODY
@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """The person has noted the secret: it is shown no more."""
    report = drafting.of(request)
    if report.is_sent and report.draft is not None:
        drafts.discard(report.draft)
    response = redirect("public:track")
    response.delete_cookie(drafting.COOKIE)
    return response
