"""Working on cases: notes, letters and moves, by the same verbs and the same table as the screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from huiyin.cases.enums import Outcome, ReplyKind
from huiyin.cases.operations import acting, handling
from huiyin.cases.queries import opening, records
from huiyin.interop.rest import answers, documented, keys, shapes, shaping
from huiyin.kernel.errors import Invalid
from huiyin.organisations import queries as organisations
from huiyin.usecases import programs

router = Router(auth=keys.WORK, tags=["work"])
WRITES = documented.ONCE_MATCHED
Do = Callable[..., Any]


@router.post(
    "/cases/{number}/notes",
    response=documented.writes(201, shapes.NoteKept, to_case=True),
    openapi_extra=documented.ONCE,
)
def write_note(request: HttpRequest, number: shapes.Code, given: shapes.NoteGiven) -> HttpResponse:
    """Write a note that only colleagues see. A note overwrites nothing, so it needs no If-Match."""

    def act() -> answers.Made:
        user = keys.caller(request).user
        case = opening.for_staff(number, user=user)
        note = handling.write_note(case.pk, text=given.text, actor=acting.staff(user))
        return 201, {"id": note.pk, "revision": note.case.revision}, {}

    return answers.once(request, sent=given.model_dump_json(), act=act)


@router.post(
    "/cases/{number}/replies",
    response=documented.writes(201, shapes.Reply, to_case=True),
    openapi_extra=WRITES,
)
def write_reply(request: HttpRequest, number: shapes.Code, given: shapes.ReplyGiven) -> HttpResponse:
    """Write to the person: a message, a question that stops the clock, or the answer with its outcome."""
    revision = answers.revision(request)

    def act() -> answers.Made:
        user = keys.caller(request).user
        case = opening.for_staff(number, user=user)
        reply = answers.matched(revision, lambda: _write(case.pk, given, user, revision), current=_now(case))
        files = records.reply_files(case).get(reply.pk, [])
        return 201, shaping.reply(reply, files), {}

    return answers.once(request, sent=f"{revision}\n{given.model_dump_json()}", act=act)


@router.post(
    "/cases/{number}/moves",
    response=documented.writes(201, shapes.Case, to_case=True),
    openapi_extra=WRITES,
)
def move(request: HttpRequest, number: shapes.Code, given: shapes.MoveGiven) -> HttpResponse:
    """Send the case to a unit, sign for it, start work, or go on after a question. Answers with the case."""
    revision = answers.revision(request)

    def act() -> answers.Made:
        user = keys.caller(request).user
        case = opening.for_staff(number, user=user)
        answers.matched(revision, lambda: _move(case.pk, given, user, revision), current=_now(case))
        return 201, shaping.case(records.of([case.pk])[0]), {}

    return answers.once(request, sent=f"{revision}\n{given.model_dump_json()}", act=act)


def _write(case_id: int, given: shapes.ReplyGiven, user: Any, revision: int | None) -> Any:
    # One transaction: files that are claimed for a letter which is then refused stay free.
    with transaction.atomic():
        common: dict[str, Any] = {
            "text": given.text,
            "actor": acting.staff(user),
            "files": programs.claimed(given.files),
            "revision": revision,
        }
        if given.kind != ReplyKind.ANSWER:
            return (handling.ask if given.kind == ReplyKind.QUESTION else handling.inform)(case_id, **common)
        if given.outcome is None:
            message = _("Choose the outcome.")
            raise Invalid(message, fields={"outcome": message})
        return handling.answer(case_id, outcome=Outcome(given.outcome), **common)


def _move(case_id: int, given: shapes.MoveGiven, user: Any, revision: int | None) -> None:
    actor = acting.staff(user)
    if given.action == "assign":
        unit = organisations.receiving_units().filter(code=given.unit or "").first()
        if unit is None:
            message = _("Choose a unit that receives cases.")
            raise Invalid(message, fields={"unit": message})
        handling.assign(case_id, unit=unit, actor=actor, reason=given.reason, revision=revision)
        return
    if given.action == "resume":
        handling.resume(case_id, actor=actor)
        return
    verb: Do = handling.sign_for if given.action == "sign_for" else handling.start
    verb(case_id, actor=actor, revision=revision)


def _now(case: Any) -> Callable[[], int]:
    """The revision of the case at this moment."""
    return lambda: int(records.of([case.pk])[0]["revision"])
