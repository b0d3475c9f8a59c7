"""Taking part: one statement at a time, taking a vote back, and what one said so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huiyin.consultations.enums import Audience, State
from huiyin.consultations.operations import admission
from huiyin.consultations.queries import lists, statements
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.usecases import consulting
from huiyin.web.components import access, addresses
from huiyin.web.public.consulting import proofs

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

TAKING_PART = access.public(reason="Whoever may take part is decided by the consultation.")
VALUES = {"agree": 1, "disagree": -1, "pass": 0}


class CodeForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("The code on your letter"), max_length=40)


class RegisterForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in admission.register().questions():
            self.fields[one.key] = forms.CharField(label=str(one.label), max_length=100)


@TAKING_PART
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Show a code, or that one lives here; where anyone may take part, go on at once."""
    row = opened(code)
    if row.audience in (Audience.ANYONE, Audience.UNIT):
        return redirect("public:consultation_vote", code=code)
    form_class = CodeForm if row.audience == Audience.CODES else RegisterForm
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proof = _shown(row, form.cleaned_data)
        except Invalid as refusal:
            consulting.count_code(addresses.of(request))
            form.add_error("code" if "code" in form.fields else None, str(refusal.message))
        else:
            return proofs.keep(redirect("public:consultation_vote", code=code), row, proof)
    context = {"row": row, "form": form, "can_enter": bool(form.fields)}
    return render(request, "public/consulting/enter.html", context, status=422 if form.errors else 200)


def _shown(row: Consultation, values: dict[str, str]) -> admission.Proof:
    if row.audience == Audience.CODES:
        return admission.with_code(row, code=values["code"])
    return admission.with_register(row, answers=values)


@TAKING_PART
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """The next statement with its three answers; a vote goes on to the next one."""
    row = opened(code)
    proof = proofs.of(request, row)
    if proof is None:
        if row.audience == Audience.UNIT:
            return redirect("account_login")
        if row.audience != Audience.ANYONE:
            return redirect("public:consultation_enter", code=code)
        proof = proofs.first(row)
    if request.method == "POST":
        _cast(request, row, proof)
        return proofs.keep(HttpResponseRedirect(request.path), row, proof)
    turn = statements.next_statement(row, proof)
    wanted = request.GET.get("statement", "")
    again = statements.published(row).filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    total = turn.progress.voted + turn.progress.left
    context = {"row": row, "one": again or turn.statement, "progress": turn.progress, "total": total}
    return proofs.keep(render(request, "public/consulting/vote.html", context), row, proof)


def _cast(request: HttpRequest, row: Consultation, proof: admission.Proof) -> None:
    wanted, answer = request.POST.get("statement", ""), request.POST.get("answer", "")
    if not wanted.isdecimal() or answer not in VALUES:
        raise Invalid(_("A vote is agree, disagree or pass."))
    address = addresses.of(request)
    try:
        consulting.vote(row.pk, statement_id=int(wanted), value=VALUES[answer], proof=proof, address=address)
    except Missing:  # it was removed while the person read it
        messages.info(request, _("This statement is not shown any more. Here is another one."))


@TAKING_PART
@require_POST
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take the last vote back, or the one on a statement, and show the statement again."""
    row = opened(code)
    proof = shown_before(request, row)
    wanted = request.POST.get("statement", "")
    try:
        cast = consulting.undo(
            row.pk,
            proof=proof,
            address=addresses.of(request),
            statement_id=int(wanted) if wanted.isdecimal() else None,
        )
    except Conflict as refusal:
        messages.info(request, str(refusal.message))
        return redirect("public:consultation_vote", code=code)
    response = redirect("public:consultation_vote", code=code)
    response["Location"] += f"?statement={cast.statement.pk}"
    return response


@TAKING_PART
@require_safe
def mine(request: HttpRequest, code: str) -> HttpResponse:
    """My votes and my statements, with what became of each; only while it is open."""
    row = opened(code)
    proof = shown_before(request, row)
    context = {
        "row": row,
        "votes": statements.my_votes(row, proof),
        "written": statements.my_statements(row, proof),
    }
    return render(request, "public/consulting/mine.html", context)


def opened(code: str) -> Consultation:
    """A consultation that takes votes now; refuses (Conflict) others, saying why, and (Missing) drafts."""
    row = lists.public_consultation(code)
    if row.state != State.OPEN:
        raise Conflict(
            _("This consultation has not opened yet.")
            if row.state == State.SCHEDULED
            else _("This consultation has closed. Votes are not taken any more.")
        )
    return row


def shown_before(request: HttpRequest, row: Consultation) -> admission.Proof:
    """What the browser showed when it voted; refuses (Conflict) one that has not."""
    proof = proofs.of(request, row)
    if proof is None:
        raise Conflict(_("Vote on a statement first."))
    return proof
