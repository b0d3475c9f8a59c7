"""Reads about who is away and who stands in. What is true today is remembered for some seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import Q, QuerySet

from huiyin.accounts import logic
from huiyin.accounts.enums import Permission
from huiyin.accounts.models import Absence, User
from huiyin.accounts.queries import has_permission, staff_of_unit
from huiyin.kernel import clock

SECONDS_REMEMBERED = 10


@dataclass(frozen=True)
class Today:
    """Somebody is away today: until when, and who stands in (0 and no name: nobody can)."""

    user_id: int
    user_name: str
    ends: dt.date
    stand_in_id: int = 0
    stand_in_name: str = ""

    def __str__(self) -> str:
        return self.user_name


@dataclass(frozen=True)
class Reader:
    """Who is told, and the names of those in whose place."""

    user: User
    instead_of: tuple[str, ...] = ()


def today() -> dict[int, Today]:
    """Everybody who is away today, by id.

    A substitute who is away too is followed to their own. Nobody stands in who may not sign in any more or lost a role
    that is needed: then the things of whoever is away stay where they are.
    """
    day = clock.today()
    cache, key = caches["local"], f"absences:{day}"
    found: dict[int, Today] | None = cache.get(key)
    if found is None:
        rows = Absence.objects.filter(begins__lte=day, ends__gte=day, ended_at=None)
        found = _resolved({row.user_id: row for row in rows})
        cache.set(key, found, SECONDS_REMEMBERED)
    return found


def _resolved(rows: dict[int, Absence]) -> dict[int, Today]:
    substitutes = {pk: row.substitute_id for pk, row in rows.items()}
    last = {pk: logic.last_in_line(substitutes, pk) for pk in rows}
    everybody = User.objects.filter(pk__in={*last, *last.values()}).prefetch_related("memberships")
    people = {row.pk: row for row in everybody} if rows else {}
    found = {}
    for pk, row in rows.items():
        absent, other = people[pk], people[last[pk]]
        stands_in = (
            other != absent and other.is_active and not logic.uncovered(_standing(absent), _standing(other))
        )
        who = (other.pk, other.name) if stands_in else (0, "")
        found[pk] = Today(pk, absent.name, row.ends, *who)
    return found


def _standing(row: User) -> logic.Standing:
    return logic.standing((held.role, held.unit_id) for held in row.memberships.all())


def stand_in(user: User) -> User | None:
    """Who stands in for `user` today, or None."""
    row = today().get(user.pk)
    return User.objects.filter(pk=row.stand_in_id).first() if row is not None else None


def absent_behind(user: User) -> list[Today]:
    """For whom `user` stands in today, directly or down the line, by name."""
    return sorted(
        (row for row in today().values() if row.stand_in_id == user.pk),
        key=lambda row: (row.user_name, row.user_id),
    )


def readers(users: Iterable[User]) -> list[Reader]:
    """Whom to tell instead of these: substitutes for those who are away, each person once."""
    asked = {user.pk: user for user in users}
    away = today()
    instead = {pk: away[pk].stand_in_id for pk in asked if pk in away and away[pk].stand_in_id}
    others = User.objects.in_bulk(set(instead.values())) if instead else {}
    told: dict[int, tuple[User, list[str]]] = {}
    for pk, user in asked.items():
        reader = others.get(instead.get(pk, 0), user)
        _user, names = told.setdefault(reader.pk, (reader, []))
        if reader.pk != pk:
            names.append(user.name)
    # Who is told anyway is not told in somebody's place.
    return [
        Reader(user, () if pk in asked and pk not in instead else tuple(names))
        for pk, (user, names) in told.items()
    ]


def shown_to(user: User) -> QuerySet[Absence]:
    """Absences that are not over, of oneself, of those for whom one stands in, and of the units that one heads.

    Who manages users sees everybody's.
    """
    rows = Absence.objects.filter(ends__gte=clock.today(), ended_at=None).select_related("user", "substitute")
    if has_permission(user, Permission.MANAGE_USERS):
        return rows
    headed = user.standing().units_for(Permission.ASSIGN_UNIT)
    colleagues = User.objects.filter(memberships__unit_id__in=headed).values("pk")
    return rows.filter(Q(user=user) | Q(substitute=user) | Q(user__in=colleagues))


def colleagues(user: User) -> list[User]:
    """The people of the units that `user` heads, without themselves: for them a substitute can be named."""
    headed = sorted(user.standing().units_for(Permission.ASSIGN_UNIT))
    found = {row.pk: row for unit_id in headed for row in staff_of_unit(unit_id)}
    return [row for pk, row in found.items() if pk != user.pk]


def could_stand_in(user: User) -> list[User]:
    """Who holds all that `user` holds, by name."""
    roles = user.standing().roles
    near = Q()
    for role, unit in roles:
        near |= Q(memberships__unit_id=unit) if role in logic.UNIT_ROLES else Q(memberships__role=role)
    if not roles:
        return []
    rows = User.objects.filter(near, is_active=True).exclude(pk=user.pk).distinct().order_by("name")
    return [
        row
        for row in rows.prefetch_related("memberships")
        if not logic.uncovered(
            user.standing(), logic.standing((m.role, m.unit_id) for m in row.memberships.all())
        )
    ]


def absence(pk: int) -> Absence | None:
    """One absence with its people, or None."""
    return Absence.objects.select_related("user", "substitute").filter(pk=pk).first()
