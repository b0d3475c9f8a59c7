"""Calling people back: who has the number, how each attempt ended, and the verdict that was given on the telephone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.aftercare import logic, permissions
from huiyin.aftercare.enums import Call, CallbackState
from huiyin.aftercare.models import Attempt, Callback
from huiyin.cases import permissions as cases
from huiyin.cases.operations import acting, callbacks, person
from huiyin.cases.queries import due
from huiyin.engines import worktime
from huiyin.feedback.enums import Via
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.people import operations as people

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case, Reply
    from huiyin.feedback.operations import Given

# So long the number stays with whoever took it, if they forget to say how the call ended.
HELD = dt.timedelta(minutes=30)


def open_due() -> int:
    """Open a callback for each new answer whose receiver left a telephone number; returns how many. A job repeats it.

    The deadline counts from the moment of the answer, whenever the job comes to it.
    """
    replies = list(due.answers_to_call_about().filter(callback=None)[: due.AT_ONCE])
    made = [Callback(reply=reply, due_at=_due(reply), not_before=reply.sent_at) for reply in replies]
    return len(Callback.objects.bulk_create(made, ignore_conflicts=True))


def drop_needless() -> int:
    """End callbacks that nobody has to make any more: judged elsewhere, reopened, erased. Returns how many."""
    done = due.callbacks_are_needless("reply__")
    waiting = Callback.objects.filter(state=CallbackState.WAITING).filter(done)
    return waiting.update(state=CallbackState.DROPPED, ended_at=clock.now())


@transaction.atomic
def take(callback_id: int, *, user: User) -> people.Revealed:
    """Take the number to call it now: in clear, with its purpose on the person's own page; held for half an hour.

    Refuses (Denied) everybody of a handling unit and who may not see the contact, (Conflict) while a colleague has the
    number or the callback is over, (Missing) where the contact data are gone.
    """
    callback = _locked(callback_id, user=user)
    case, now = callback.reply.case, clock.now()
    cases.check_reveal_contact(user, case)
    if callback.caller_id != user.pk and callback.held_until is not None and callback.held_until > now:
        raise Conflict(_("A colleague is calling this person just now."))
    if case.contact is None or not case.contact.phone:
        raise Missing(_("There is no telephone number with this case any more."))
    callback.caller, callback.held_until = user, now + HELD
    callback.save(update_fields=["caller", "held_until"])
    with translation.override(case.language):
        purpose = _("Callback: asking whether it is solved")
    return people.reveal(
        case.contact, user=user, purpose=purpose, case_number=case.number, unit_names=_callback_desk()
    )


@transaction.atomic
def record(
    callback_id: int, *, user: User, call: Call, given: Given | None = None, reopen_text: str = ""
) -> Callback:
    """Record how an attempt ended; of somebody reached with the verdict, and with the wish to reopen.

    Refuses (Invalid) reached without a verdict, (Denied) everybody of a handling unit, (Conflict) a callback that is
    over or a verdict that was given meanwhile; then nothing is recorded. `reopen_text` says what is not solved.
    """
    callback = _locked(callback_id, user=user)
    case = callback.reply.case
    if (call is Call.REACHED) != (given is not None):
        raise Invalid(_("Ask the three questions and write down the answers."))
    actor, now = acting.staff(user), clock.now()
    callback.attempts += 1
    following = logic.after(
        call,
        attempts=callback.attempts,
        most=int(organisations.setting(SettingKey.CALLBACK_ATTEMPTS)),
        now=now,
        wait=dt.timedelta(hours=int(organisations.setting(SettingKey.CALLBACK_WAIT_HOURS))),
    )
    Attempt.objects.create(callback=callback, caller=user, result=call)
    callbacks.called(case.pk, result=call.value, actor=actor)
    if given is not None:
        person.judge(case.pk, given=given, actor=actor, via=Via.CALLBACK)
        if reopen_text.strip():
            person.reopen(case.pk, text=reopen_text, actor=actor)
    callback.state, callback.held_until = following.state, None
    callback.not_before = following.not_before or callback.not_before
    callback.ended_at = now if following.state != CallbackState.WAITING else None
    callback.save()
    return callback


def _locked(callback_id: int, *, user: User) -> Callback:
    rows = Callback.objects.select_for_update(of=("self",)).select_related("reply__case__contact")
    callback = rows.filter(pk=callback_id).first()
    if callback is None:
        raise Missing
    case: Case = callback.reply.case
    cases.check_see(user, case)
    permissions.check_call(user, case)
    if callback.state != CallbackState.WAITING:
        raise Conflict(_("Nobody has to be called about this case any more."))
    return callback


def _due(reply: Reply) -> dt.datetime:
    limit = worktime.Limit.parse(str(organisations.setting(SettingKey.CALLBACK_LIMIT)))
    return worktime.deadline(organisations.working_calendar(reply.unit), reply.sent_at, limit)


def _callback_desk() -> dict[str, str]:
    """Who looked, in every language: not the unit that handled the case."""
    names = {}
    for code, _own in settings.LANGUAGES:
        with translation.override(code):
            names[code] = _("The callback desk")
    return names
