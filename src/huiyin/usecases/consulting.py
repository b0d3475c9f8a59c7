"""What happens in a consultation beside the database: limits per address, and a job that refreshes the map.

Screens call these verbs; the ones they wrap are in `consultations.operations`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from huiyin.accounts import queries as accounts
from huiyin.cases.operations import limits
from huiyin.consultations.enums import Audience
from huiyin.consultations.operations import admission, following, moderation, phases, sheets, taking_part
from huiyin.consultations.queries import lists
from huiyin.kernel.errors import Invalid, Refusal
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.usecases.opinion_maps import refresh_soon

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation, Statement
    from huiyin.consultations.pseudonyms import Marks, Proof


def vote(pk: int, *, statement_id: int, value: int, proof: Proof | Marks, address: str) -> taking_part.Cast:
    """Vote from a web page. Refuses as `taking_part.vote`, and (TooMany) too many votes from one address.

    After commit a job refreshes the map.
    """
    _count_vote(address)
    cast = taking_part.vote(pk, statement_id=statement_id, value=value, proof=proof)
    refresh_soon(pk)
    return cast


def undo(pk: int, *, proof: Proof, address: str, statement_id: int | None = None) -> taking_part.Cast:
    """Take a vote back from a web page. Refuses as `taking_part.undo`; after commit a job refreshes the map."""
    _count_vote(address)
    cast = taking_part.undo(pk, proof=proof, statement_id=statement_id)
    refresh_soon(pk)
    return cast


def write_statement(
    pk: int, *, text: str, language: str, proof: Proof, address: str, email: str = ""
) -> Statement:
    """Write a statement from a web page, with the address of who wants to be told what becomes of it.

    Refuses as the verbs, and (TooMany) too many from one address.
    """
    most = int(organisations.setting(SettingKey.STATEMENTS_PER_ADDRESS_HOUR))
    limits.count("statement", address, most=most, window=limits.HOUR)
    with transaction.atomic():
        statement = taking_part.write_statement(pk, text=text, language=language, proof=proof)
        if email:
            following.follow(statement.consultation, email=email, language=language, statement=statement)
    return statement


def follow(row: Consultation, *, email: str, language: str, address: str) -> None:
    """Let somebody be told the answer. Refuses as `following.follow`, and (TooMany) too many from one address."""
    most = int(organisations.setting(SettingKey.STATEMENTS_PER_ADDRESS_HOUR))
    limits.count("consultation-follow", address, most=most, window=limits.HOUR)
    following.follow(row, email=email, language=language)


def admit(row: Consultation, *, shown: Mapping[str, str], address: str) -> Proof:
    """Let in whoever shows a code or answers the register. Refuses as `admission`, and (TooMany) who tries them out."""
    try:
        if row.audience == Audience.CODES:
            return admission.with_code(row, code=shown.get("code", ""))
        return admission.with_register(row, answers=shown)
    except Invalid:
        count_code(address)
        raise


def count_code(address: str) -> None:
    """One more wrong code from this internet address; refuses (TooMany) who tries them out."""
    limits.count("consultation-code", address, most=limits.WRONG_SECRETS_PER_ADDRESS, window=limits.HOUR)


def enter_sheet(pk: int, *, sheet: sheets.Sheet, actor: accounts.Actor) -> int:
    """Enter a sheet or a call. Refuses as `sheets.enter`; after commit a job refreshes the map."""
    count = sheets.enter(pk, sheet=sheet, actor=actor)
    refresh_soon(pk)
    return count


def publish_statement(pk: int, *, actor: accounts.Actor) -> None:
    """Show a statement. Refuses as `moderation.publish`; after commit a job refreshes the map."""
    refresh_soon(moderation.publish(pk, actor=actor).consultation_id)


def remove_statement(pk: int, *, reason: str, actor: accounts.Actor) -> None:
    """Show a statement no more. Refuses as `moderation.remove`; after commit a job refreshes the map."""
    refresh_soon(moderation.remove(pk, reason=reason, actor=actor).consultation_id)


def open_and_close_due() -> int:
    """Open and close consultations whose day has come; returns how many."""
    done = 0
    for pk in lists.due_to_open():
        with contextlib.suppress(Refusal):  # somebody changed its dates in between
            phases.open_due(pk)
            done += 1
    for pk in lists.due_to_close():
        with contextlib.suppress(Refusal):
            phases.close_due(pk)
            done += 1
    return done


def _count_vote(address: str) -> None:
    most = int(organisations.setting(SettingKey.VOTES_PER_ADDRESS_HOUR))
    limits.count_roughly("vote", address, most=most, window=limits.HOUR)
