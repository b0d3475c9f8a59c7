"""Taking part: one statement at a time, one's own votes and statements, and writing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from huiyin.consultations.enums import Audience, State
from huiyin.consultations.operations import admission
from huiyin.consultations.queries import lists, statements, turns
from huiyin.kernel import addresses
from huiyin.kernel.errors import Conflict, Invalid, Refusal
from huiyin.usecases import consulting
from huiyin.web.components import access
from huiyin.web.public.consult import forms, overview, proofs

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation
    from huiyin.consultations.queries.secret import Sealed

TAKING_PART = access.public(reason="Whoever may take part shows it here; most need no account.")
UNDO = "undo"
ANSWERS = {"1": 1, "0": 0, "-1": -1}


@TAKING_PART
@never_cache
@overview.GET_OR_POST
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Show a code, or answer the questions of the register."""
    row = lists.public_consultation(code)
    if row.state != State.OPEN or row.audience not in (Audience.CODES, Audience.RESIDENTS):
        return redirect("public:consultation", row.code)
    make = forms.CodeForm if row.audience == Audience.CODES else forms.RegisterForm
    form = make(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            proof = consulting.admit(row, shown=form.cleaned_data, address=addresses.of(request))
        except Refusal as refused:
            form.add_error("code" if "code" in refused.fields else None, str(refused.message))
            status = refused.status
        else:
            return proofs.keep(redirect("public:consultation_vote", row.code), row, proof)
    context = overview.about(row) | {"form": form}
    return render(request, "public/consultations/enter.html", context, status=status)


@TAKING_PART
@never_cache
@vary_on_headers("X-Huiyin-Part")
@overview.GET_OR_POST
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """One statement; the answer to a vote is the next one."""
    read = lists.consultation_for_votes if request.method == "POST" else lists.public_consultation_now
    row, sealed = read(code)
    if row.state != State.OPEN:
        return redirect("public:consultation", row.code)
    proof = proofs.of(request, row)
    if proof is None and row.audience != Audience.ANYONE:
        return redirect(_door(row))
    if request.method == "POST":
        try:
            return _voted(request, row, proof, sealed)
        except Conflict:
            # It may have closed within this second.
            if lists.public_consultation(code).state == State.OPEN:
                raise
            return redirect("public:consultation", row.code)
    template = "turn" if request.headers.get("X-Huiyin-Part") else "vote"
    context = _turn(request, row, turns.next_statement(row, proof))
    return render(request, f"public/consultations/{template}.html", context)


def _voted(
    request: HttpRequest, row: Consultation, proof: admission.Proof | None, sealed: Sealed
) -> HttpResponse:
    """Write the vote down. By script the answer is the next statement, else the way to it."""
    shown = proof or proofs.new(row)
    given, address = request.POST.get("vote", ""), addresses.of(request)
    if given == UNDO:
        cast = consulting.undo(row.pk, proof=shown, address=address)
        return redirect(_way(row, f"?statement={cast.statement_id}"))
    if given not in ANSWERS:
        raise Invalid(_("A vote is agree, disagree or pass."))
    statement_id = _whole(request.POST.get("statement", ""))
    cast = consulting.vote(
        row.pk,
        statement_id=statement_id,
        value=ANSWERS[given],
        proof=sealed.marks(shown) or shown,
        address=address,
    )
    if request.headers.get("X-Huiyin-Part"):
        context = _turn(request, row, turns.following(row, cast.position))
        response = render(request, "public/consultations/turn.html", context)
    else:
        response = redirect(_way(row))
    return response if proof else proofs.keep(response, row, shown)


def _way(row: Consultation, query: str = "") -> str:
    # To the statement itself: whoever has no script and no mouse need not walk through the head of the page each time.
    return f"{reverse('public:consultation_vote', args=[row.code])}{query}#statement"


def _turn(request: HttpRequest, row: Consultation, turn: turns.Turn) -> dict[str, Any]:
    """What to show next, or the statement that was asked for: to vote on it again."""
    statement = turn.statement
    wanted = _whole(request.GET.get("statement", ""))
    if wanted:
        statement = statements.published(row).filter(pk=wanted).first() or statement
    total = turn.progress.voted + turn.progress.left
    context = {"statement": statement, "progress": turn.progress, "total": total}
    return overview.about(row) | context


@TAKING_PART
@never_cache
@overview.GET_OR_POST
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Write a statement for others to vote on."""
    row = lists.public_consultation(code)
    if row.state != State.OPEN or not row.accepts_statements:
        return redirect("public:consultation", row.code)
    proof = proofs.of(request, row)
    if proof is None and row.audience != Audience.ANYONE:
        return redirect(_door(row))
    form, status = forms.StatementForm(request.POST or None), 200
    if request.method == "POST":
        response, status = _written(request, row, proof, form)
        if response is not None:
            return response
    may_write = turns.next_statement(row, proof).progress.may_write
    context = overview.about(row) | {"form": form, "may_write": may_write}
    return render(request, "public/consultations/write.html", context, status=status)


def _written(
    request: HttpRequest, row: Consultation, proof: admission.Proof | None, form: forms.StatementForm
) -> tuple[HttpResponse | None, int]:
    """Store the statement and, if asked for, the address; None with the status where the form comes back."""
    if not form.is_valid():
        return None, 422
    shown = proof or proofs.new(row)
    try:
        consulting.write_statement(
            row.pk,
            text=form.cleaned_data["text"],
            language=get_language() or "zh-hans",
            proof=shown,
            address=addresses.of(request),
            email=form.cleaned_data["email"],
        )
    except Refusal as refused:
        form.add_error("text" if "text" in refused.fields else None, str(refused.message))
        return None, refused.status
    messages.success(request, _("Your statement was taken down."))
    return proofs.keep(redirect("public:consultation_mine", row.code), row, shown), 302


@TAKING_PART
@never_cache
@require_safe
def mine(request: HttpRequest, code: str) -> HttpResponse:
    """One's own votes and statements, with what became of each."""
    row = lists.public_consultation(code)
    proof = proofs.of(request, row) if row.state == State.OPEN else None
    context = overview.about(row) | {
        "votes": statements.my_votes(row, proof)[::-1] if proof else [],
        "statements": statements.my_statements(row, proof) if proof else [],
    }
    return render(request, "public/consultations/mine.html", context)


@TAKING_PART
@never_cache
@require_POST
def leave(_request: HttpRequest, code: str) -> HttpResponse:
    """Forget at this device who took part: the next person is somebody else."""
    row = lists.public_consultation(code)
    return proofs.forget(redirect("public:consultation", row.code), row)


def _door(row: Consultation) -> str:
    if row.audience == Audience.UNIT:
        return f"{reverse('account_login')}?next={reverse('public:consultation_vote', args=[row.code])}"
    return reverse("public:consultation_enter", args=[row.code])


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
