"""Taking a call: one screen, by keyboard; nothing entered is lost; at the end a slip to read out or print."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission
from huiyin.cases.operations import intake
from huiyin.cases.queries import beside, receipts
from huiyin.catalogue import queries as catalogue
from huiyin.kernel import public_ids, vault
from huiyin.kernel.errors import Refusal
from huiyin.triage.queries import answers, showing
from huiyin.usecases import calls
from huiyin.web.components import access
from huiyin.web.desk import call_forms

SLIP, FILED = "call_slip", "call_filed"
SENT_ONCE = 20


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(Permission.FILE_CASE)
def call(request: HttpRequest) -> HttpResponse:
    """Enter a call. `step=look` shows questions and earlier cases for what stands there; else it is filed."""
    if request.method != "POST":
        return _page(request, call_forms.CallForm(initial={"once": public_ids.code(20)}))
    if request.POST.get("step") == "look" or "pick" in request.POST:
        given = {name: request.POST.get(name, "") for name in call_forms.CallForm.base_fields}
        if request.POST.get("pick"):
            given["service"] = request.POST["pick"]
        return _page(request, call_forms.CallForm(initial=given))
    if request.POST.get("once", "-") in request.session.get(FILED, []):
        return redirect("desk:slip")
    return _file(request, call_forms.CallForm(request.POST))


def _file(request: HttpRequest, form: call_forms.CallForm) -> HttpResponse:
    questions = call_forms.Questions(form.chosen_service, request.POST)
    valid = form.is_valid()
    if not questions.check(request.POST, language=form.typed("language")) or not valid:
        return _page(request, form, questions=questions, status=422)
    try:
        filed = _carry_out(request.user, form, questions)
    except calls.FiledAlready:
        return redirect("desk:slip")
    except Refusal as refusal:
        for name, message in refusal.fields.items():
            form.add_error(name if name in form.fields else None, str(message))
        if not form.errors:
            form.add_error(None, str(refusal.message))
        return _page(request, form, questions=questions, status=refusal.status)
    # Encrypted: sessions lie in the database, and nobody who reads it there shall open the case.
    request.session[SLIP] = vault.encrypt(f"{filed.case.number} {filed.secret}")
    request.session[FILED] = [*request.session.get(FILED, []), form.cleaned_data["once"]][-SENT_ONCE:]
    return redirect("desk:slip")


def _carry_out(user: Any, form: call_forms.CallForm, questions: call_forms.Questions) -> intake.Filed:
    new, contact, answer = form.new_case(questions.answers), form.contact(), form.direct_answer()
    once = form.cleaned_data["once"]
    if answer is None:
        return calls.send_on(new, contact=contact, operator=user, once=once)
    return calls.answer_at_once(new, contact=contact, operator=user, answer=answer, once=once)


def _page(
    request: HttpRequest,
    form: call_forms.CallForm,
    *,
    questions: call_forms.Questions | None = None,
    status: int = 200,
) -> HttpResponse:
    service = form.chosen_service
    phone, email = form.typed("phone"), form.typed("email")
    version = service.current if service is not None else None
    context = {
        "form": form,
        "questions": (questions or call_forms.Questions(service, request.POST)).form,
        "notice": catalogue.localised(version.emergency_notice)
        if version and version.emergency_notice
        else "",
        **_triage(request, form, service),
        "asked_earlier": bool(phone or email),
        "earlier": beside.of_caller(request.user, phone=phone, email=email),  # type: ignore[arg-type]  # signed in
        "may_answer": has_permission(request.user, Permission.ANSWER_AT_DESK),
    }
    return render(request, "desk/call.html", context, status=status)


def _triage(request: HttpRequest, form: call_forms.CallForm, service: Any) -> dict[str, Any]:
    """Services that fit what was typed, and cases that may be about the same matter."""
    matter = form.matter()
    if not matter.text.strip():
        answers.warm_up()
        return {"suggested": [], "known": showing.Shape()}
    found = [row for row in answers.offered(matter.text, at=matter) if row != service]
    user: Any = request.user
    known = showing.while_typing(matter, user=user, phone=form.typed("phone"), email=form.typed("email"))
    return {"suggested": found[: call_forms.SUGGESTED], "known": known}


@never_cache
@require_GET
@access.requires(Permission.FILE_CASE)
def slip(request: HttpRequest) -> HttpResponse:
    """Number, secret and promised dates, to read out and print: shown once, then the secret is nowhere any more."""
    shown = request.session.pop(SLIP, None)
    if shown is None:
        return redirect("desk:intake")
    number, secret = vault.decrypt(shown).split()
    case = receipts.case_for_receipt(number)
    follow = f"{settings.HUIYIN_BASE_URL}{reverse('public:track')}?number={case.number}"
    context = {
        "case": case,
        "number": receipts.shown_number(case.number),
        "secret": public_ids.grouped(secret),
        "follow": follow,
        "qr": segno.make(follow, error="m").svg_inline(
            scale=3, dark="#16211f", light="#ffffff", omitsize=True
        ),
        "service": catalogue.service_name(case.service) if case.service is not None else "",
    }
    return render(request, "desk/slip.html", context)
