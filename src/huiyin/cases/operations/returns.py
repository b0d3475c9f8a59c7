"""Whose case it is: returned by a unit, decided by a dispatcher or, if units go on disagreeing, by an arbiter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.audit import operations as audit
from huiyin.cases.enums import Action, ReturnEnd, ReturnReason
from huiyin.cases.models import Precedent, Return
from huiyin.cases.operations import steps
from huiyin.cases.operations.acting import SYSTEM, Acting, Actor, acting
from huiyin.cases.operations.intake import search_words
from huiyin.cases.queries import disputes
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.organisations.models import Unit


def give_back(
    case_id: int,
    *,
    reason: ReturnReason,
    text: str,
    actor: Actor,
    proposed: Unit | None = None,
    revision: int | None = None,
) -> Return:
    """Return the case to the dispatcher: never to the person, whose clock keeps running.

    The unit stays responsible until another one accepts. From the second return on the case goes straight to the
    arbiter. Refuses after the unit accepted, after the set time, after an arbiter's decision, without words, and
    (Invalid) the unit itself as the one that should have it.
    """
    words = _said(text, "text", _("Say why it is not yours; the dispatcher decides by it."))
    with acting(case_id, Action.RETURN, actor=actor, revision=revision) as act:
        if actor.user is None or act.case.unit_id is None:
            raise Denied(_("Only the unit that was sent the case returns it."))
        if proposed is not None and proposed.pk == act.case.unit_id:
            message = _("Name another unit than your own, or none.")
            raise Invalid(message, fields={"proposed": message})
        most = int(organisations.setting(SettingKey.RETURNS_TO_ARBITER))
        at_once = act.case.returns.count() + 1 >= most
        limit = worktime.Limit.parse(str(organisations.setting(SettingKey.DISPATCH_LIMIT)))
        row = Return.objects.create(
            case=act.case, unit_id=act.case.unit_id, by=actor.user, service_id=act.case.service_id, reason=reason,
            text=words, proposed=proposed,
            decide_by=worktime.deadline(organisations.working_calendar(None), act.now, limit),
            with_arbiter_since=act.now if at_once else None,
        )  # fmt: skip
        act.data = {"cause": reason.value, "unit": proposed.pk if proposed else None, "to_arbiter": at_once}
        act.words = {"reason": words}
        return row


def put_before_arbiter(case_id: int) -> Return:
    """Nobody decided in time: from now on the arbiter does. Refuses what is not returned or lies there already."""
    with acting(case_id, Action.TO_ARBITER, actor=SYSTEM) as act:
        row = act.case.returns.select_for_update(of=("self",)).get(ended_at__isnull=True)
        if clock.now() < row.decide_by:
            raise Conflict(_("The dispatcher still has time to decide."))
        row.with_arbiter_since = act.now
        row.save(update_fields=["with_arbiter_since"])
        return row


def rule(
    case_id: int, *, unit: Unit, matter: str, ground: str, actor: Actor, revision: int | None = None
) -> Precedent:
    """Decide which unit is responsible. It binds: the unit cannot return the case, the dispatcher not move it.

    The decision states its ground and is kept as a precedent: `matter` says what it was about, without the person.
    Refuses a decision without either, and a unit that receives no cases.
    """
    matter = _said(matter, "matter", _("Say in a line what it is about, without names."))[:300]
    ground = _said(ground, "ground", _("State the ground of the decision."))
    if not unit.is_active:
        message = _("This unit receives no cases at present. Choose another one.")
        raise Invalid(message, fields={"unit": message})
    with acting(case_id, Action.ARBITRATE, actor=actor, revision=revision) as act:
        ended = steps.end_return(act, ReturnEnd.RULED, unit=unit, ground=ground)
        if ended is None or actor.user is None:
            raise Denied(_("Only an arbiter decides on this."))
        not_unit = ended.unit_id if ended.unit_id != unit.pk else None
        act.data = {"unit": unit.pk, "from_unit": act.case.unit_id}
        act.words = {"reason": ground}
        if unit.pk != act.case.unit_id:
            steps.resumed(act)
        steps.move(act, unit)
        return _remember(act, actor.user, unit=unit, not_unit=not_unit, matter=matter, ground=ground)


def _remember(
    act: Acting, user: User, *, unit: Unit, not_unit: int | None, matter: str, ground: str
) -> Precedent:
    row = Precedent.objects.create(
        case=act.case, service_id=act.case.service_id, unit=unit, not_unit_id=not_unit, matter=matter, ground=ground,
        decided_by=user, words=search_words(matter, ground),
    )  # fmt: skip
    audit.record(
        "precedent.created", actor=act.actor.name, subject=f"precedent:{row.pk}", data={"unit": unit.pk}
    )
    transaction.on_commit(lambda: disputes.forget_in_force(row.service_id))
    return row


def revoke_precedent(row: Precedent, *, why: str, user: User) -> Precedent:
    """Let a precedent no longer hold; the cases decided by it stay as they are. It can still be read, with the reason.

    Refuses (Denied) whoever is no arbiter, (Invalid) no reason, (Conflict) one that was revoked before.
    """
    if not accounts.has_permission(user, Permission.ARBITRATE):
        raise Denied(_("Only an arbiter revokes a precedent."))
    words = _said(why, "why", _("Say why it no longer holds."))[:300]
    changed = Precedent.objects.filter(pk=row.pk, revoked_at__isnull=True).update(
        revoked_at=clock.now(), revoked_by=user, revoked_why=words
    )
    if not changed:
        raise Conflict(_("This precedent was revoked before."))
    audit.record("precedent.revoked", actor=f"user:{user.pk}", subject=f"precedent:{row.pk}")
    transaction.on_commit(lambda: disputes.forget_in_force(row.service_id))
    row.refresh_from_db()
    return row


def _said(text: str, field: str, message: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(message, fields={field: message})
    return words
