"""Writes about who is away and who stands in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from huiyin.accounts import logic, permissions, queries
from huiyin.accounts.models import Absence, User
from huiyin.audit import operations as audit
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid

# Key of the advisory lock under which substitutes are named; any number that nobody else uses.
NAMING = 0x5AB5


@transaction.atomic
def name_substitute(
    user: User, *, substitute: User, begins: dt.date, ends: dt.date, actor: queries.Actor
) -> Absence:
    """Say that `user` is away from `begins` to `ends` (both included), and who stands in.

    From then on what would reach `user` reaches the substitute, marked as such; rights move to nobody. Refuses (Denied)
    who is neither the person nor a head of theirs nor an administrator; (Invalid) days that make no sense, oneself, a
    substitute who lacks a role that is needed, and one over whom it would come back to `user`; (Conflict) days on which
    an absence is on record already.
    """
    permissions.check_name_substitute(actor, user)
    _check_days(begins, ends)
    _check_person(user, substitute)
    with connection.cursor() as cursor:
        # Two people who name each other at the same moment would not see each other's row.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NAMING])
    _check_loop(logic.Away(user=user.pk, substitute=substitute.pk, begins=begins, ends=ends))
    row = Absence(
        user=user, substitute=substitute, begins=begins, ends=ends, named_by=queries.actor_user(actor)
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        text = _("An absence is on record for some of these days already. End that one first.")
        raise Conflict(text, fields={"begins": text}) from error
    _record("absence.named", row, actor, begins=begins.isoformat(), ends=ends.isoformat())
    return row


@transaction.atomic
def end_absence(row: Absence, *, actor: queries.Actor) -> None:
    """The person is back, or does not go: from now on their things reach themselves again.

    Refuses (Denied) as naming does, (Conflict) an absence that is over.
    """
    permissions.check_name_substitute(actor, row.user)
    if not Absence.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now()):
        raise Conflict(_("This absence is over already."))
    _record("absence.ended", row, actor)


def forget_older_than(age: dt.timedelta) -> int:
    """Remove absences that ended before `age` ago; returns how many."""
    gone, _rows = Absence.objects.filter(ends__lt=clock.today() - age).delete()
    return gone


def _check_days(begins: dt.date, ends: dt.date) -> None:
    today, text, field = clock.today(), "", "begins"
    if begins < today:
        text = _("This day has passed. Begin today or later.")
    elif ends < begins:
        text, field = _("The last day comes before the first."), "ends"
    elif (ends - begins).days >= logic.LONGEST_ABSENCE_DAYS:
        text, field = _("That is longer than a year. Give the cases to somebody else for good."), "ends"
    if text:
        raise Invalid(text, fields={field: text})


def _check_person(user: User, substitute: User) -> None:
    text = ""
    if user == substitute:
        text = _("Nobody stands in for themselves. Choose somebody else.")
    elif not substitute.is_active:
        text = _("%(name)s does not work here any more. Choose somebody else.") % {"name": substitute.name}
    elif missing := logic.uncovered(user.standing(), substitute.standing()):
        text = _(
            "%(name)s lacks a role that is needed: %(role)s. Standing in gives no rights; choose somebody who has them."
        ) % {"name": substitute.name, "role": missing[0][0].label}
    if text:
        raise Invalid(text, fields={"substitute": text})


def _check_loop(new: logic.Away) -> None:
    rows = Absence.objects.filter(ended_at=None, begins__lte=new.ends, ends__gte=new.begins)
    others = [
        logic.Away(user=user, substitute=substitute, begins=begins, ends=ends)
        for user, substitute, begins, ends in rows.values_list("user_id", "substitute_id", "begins", "ends")
    ]
    back = logic.way_back(new, others)
    if not back:
        return
    names = queries.names_of({new.user, *back})
    text = _("This leads in a circle: %(way)s. Choose somebody who is there on these days.") % {
        "way": " → ".join(names[pk] for pk in (new.user, *back))
    }
    raise Invalid(text, fields={"substitute": text})


def _record(action: str, row: Absence, actor: queries.Actor, **data: Any) -> None:
    transaction.on_commit(caches["local"].clear)
    audit.record(
        action,
        actor=queries.actor_name(actor),
        subject=f"user:{row.user_id}",
        data={"absence": row.pk, "substitute": row.substitute_id, **data},
    )
