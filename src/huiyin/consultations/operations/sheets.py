"""People without a telephone or a computer: what they said on paper or by phone goes into the same matrix."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations import permissions
from huiyin.consultations.enums import Audience, Via
from huiyin.consultations.models import Consultation
from huiyin.consultations.operations import admission, taking_part
from huiyin.consultations.operations.acting import record
from huiyin.consultations.pseudonyms import Proof
from huiyin.kernel.errors import Conflict, Invalid, Missing


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What one person said: their code, or the number on the sheet; votes by statement id; statements they wrote."""

    via: Via
    code: str = ""
    sheet: str = ""
    votes: Mapping[int, int]
    statements: Sequence[str] = ()
    language: str = "zh-hans"


@transaction.atomic
def enter(pk: int, *, sheet: Sheet, actor: accounts.Actor) -> int:
    """Enter one sheet or call; returns how many votes it had. All of it, or nothing.

    The same code or sheet number again changes the votes. A call without either is somebody new. Refuses (Denied)
    whoever may not enter papers, (Invalid) an empty sheet or a wrong code, and as `taking_part` does.
    """
    permissions.check_enter_papers(actor)
    row = Consultation.objects.filter(pk=pk).first()
    if row is None:
        raise Missing
    statements = [text for text in sheet.statements if text.strip()]
    if not sheet.votes and not statements:
        raise Invalid(_("Enter at least one vote."))
    proof = _proof(row, sheet)
    for statement_id, value in sheet.votes.items():
        taking_part.vote(pk, statement_id=statement_id, value=value, proof=proof, via=sheet.via)
    for text in statements:
        taking_part.write_statement(pk, text=text, language=sheet.language, proof=proof, via=sheet.via)
    record("consultation.sheet_entered", row, actor, via=sheet.via.value, votes=len(sheet.votes))
    return len(sheet.votes)


def _proof(row: Consultation, sheet: Sheet) -> Proof:
    if row.audience == Audience.CODES:
        return admission.with_code(row, code=sheet.code)
    if row.audience != Audience.ANYONE:
        raise Conflict(_("Only those whom Huiyin can check take part here; papers cannot be entered."))
    number = "".join(sheet.sheet.split())
    return Proof("sheet", number) if number else Proof("call", secrets.token_hex(16))
