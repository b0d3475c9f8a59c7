"""More time for an answer, openly: asked for, decided by somebody else, told to the person before it takes effect."""

from __future__ import annotations

from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from huiyin.cases.enums import Action, ExtensionReason, ExtensionState, ReplyKind
from huiyin.cases.logic import extending
from huiyin.cases.models import Case, Extension
from huiyin.cases.operations import clocks, steps
from huiyin.cases.operations.acting import Acting, Actor, acting
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey


def ask(
    case_id: int, *, days: int, reason: ExtensionReason, text: str, actor: Actor, revision: int | None = None
) -> Extension:
    """Ask for `days` more working days. The deadline stays until somebody else grants them.

    Refuses no days, more days than one promise may be put off by, a text that says nothing, and a case whose deadline
    has passed: what is overdue stays overdue.
    """
    words = text.replace("\x00", "").strip()
    if not words:
        message = _("Say what becomes of the matter until then; the person will read it.")
        raise Invalid(message, fields={"text": message})
    with acting(case_id, Action.ASK_EXTENSION, actor=actor, revision=revision) as act:
        if actor.user is None or act.case.unit_id is None or act.case.due_at is None:
            raise Denied(_("Only the responsible unit asks for more time."))
        _check_days(act.case, days)
        calendar = organisations.working_calendar(act.case.unit)
        after = extending.extended(calendar, act.case.due_at, days=days)
        extension = Extension.objects.create(
            case=act.case, days=days, reason=reason, text=words, asked_by=actor.user, unit_id=act.case.unit_id,
            due_before=act.case.due_at, due_after=after,
        )  # fmt: skip
        act.data = {"extension": extension.pk, "days": days, "cause": reason.value}
        return extension


def grant(case_id: int, *, actor: Actor, revision: int | None = None) -> Extension:
    """Grant what was asked for: the person gets a letter with the reason and the new date, then the deadline moves.

    It takes effect at the old deadline, so the person is always told before. The first promise stays in `promised_at`
    for ever. Refuses (Denied) whoever asked for it, and a deadline that moved or passed in between (Conflict).
    """
    with acting(case_id, Action.GRANT_EXTENSION, actor=actor, revision=revision) as act:
        extension = _asked(act)
        if extension.due_before != act.case.due_at:
            raise Conflict(
                _("The deadline has moved since this was asked for. Refuse it and let the unit ask again.")
            )
        _decide(extension, act, ExtensionState.GRANTED)
        steps.letter(act, ReplyKind.INFORMATION, _letter(act.case, extension), ())
        act.case.due_at = extension.due_after
        clocks.plan_warnings_anew(act.case)
        act.data = {
            "extension": extension.pk,
            "days": extension.days,
            "cause": extension.reason,
            "due_before": extension.due_before.isoformat(),
            "due_after": extension.due_after.isoformat(),
        }
        return extension


def refuse(case_id: int, *, why: str, actor: Actor, revision: int | None = None) -> Extension:
    """Refuse what was asked for; nothing moves. Refuses (Denied) whoever asked for it, and no reason (Invalid)."""
    words = why.replace("\x00", "").strip()[:300]
    if not words:
        raise Invalid(_("Say why not."), fields={"why": _("Say why not.")})
    with acting(case_id, Action.REFUSE_EXTENSION, actor=actor, revision=revision) as act:
        extension = _asked(act)
        extension.decision = words
        _decide(extension, act, ExtensionState.REFUSED)
        act.data = {"extension": extension.pk}
        act.words = {"reason": words}
        return extension


def _check_days(case: Case, days: int) -> None:
    most = int(organisations.setting(SettingKey.EXTENSION_WORKING_DAYS))
    # A reopened case is a new promise: what was granted for the earlier one does not count.
    since = case.replies.filter(kind=ReplyKind.ANSWER).order_by("-sent_at").first()
    granted = case.extensions.filter(state=ExtensionState.GRANTED)
    if since is not None:
        granted = granted.filter(created_at__gt=since.sent_at)
    left = most - (granted.aggregate(all=Sum("days"))["all"] or 0)
    if days < 1:
        message = _("An extension lengthens the deadline: give at least one working day.")
    elif days > left:
        message = _("This answer can be put off by at most %(days)s more working days.") % {
            "days": max(left, 0)
        }
    else:
        return
    raise Invalid(message, fields={"days": message})


def _asked(act: Acting) -> Extension:
    extension = act.case.extensions.select_for_update().get(state=ExtensionState.ASKED)
    if act.actor.user is None or extension.asked_by_id == act.actor.user.pk:
        raise Denied(_("Somebody else has to decide on what you asked for."))
    return extension


def _decide(extension: Extension, act: Acting, state: ExtensionState) -> None:
    extension.state, extension.decided_by, extension.decided_at = state, act.actor.user, act.now
    extension.save(update_fields=["state", "decided_by", "decided_at", "decision"])


def _letter(case: Case, extension: Extension) -> str:
    """The letter in the person's language: why, what becomes of it, and the new date beside the first one."""
    with translation.override(case.language):
        facts = {
            "days": extension.days,
            "reason": ExtensionReason(extension.reason).label,
            "before": f"{timezone.localtime(extension.due_before):%Y-%m-%d %H:%M}",
            "after": f"{timezone.localtime(extension.due_after):%Y-%m-%d %H:%M}",
        }
        return "\n\n".join(
            [
                _("Your answer was due by %(before)s. We need %(days)s more working days: %(reason)s.")
                % facts,
                extension.text,
                _("The new date is %(after)s. What we promised first stays on record.") % facts,
            ]
        )
