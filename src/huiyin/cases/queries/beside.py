"""What stands beside a case on its page: the running pause, and earlier cases of the same contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.functions import Left

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission
from huiyin.cases import permissions
from huiyin.cases.enums import Anonymity, State
from huiyin.cases.models import Case, Pause
from huiyin.cases.queries import own
from huiyin.people import queries as people

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huiyin.accounts.models import User
    from huiyin.people.models import Contact

MOST_EARLIER = 6
ABOUT_CHARACTERS = 120


def pause(case: Case) -> Pause | None:
    """The pause that runs now, with its question."""
    if case.state != State.AWAITING_PERSON:
        return None
    return Pause.objects.filter(case=case, ended_at__isnull=True).select_related("question").first()


def earlier(case: Case, *, user: User) -> list[Case]:
    """Other cases of the same contact that the user may open; none where the user may not know who it is."""
    contact = case.persons_contact
    if contact is None or not may_know_contact(user, case):
        return []
    return _of(people.alike(contact), user)


def of_caller(user: User, *, phone: str = "", email: str = "") -> list[Case]:
    """Cases of whoever has this number or address, as far as the user may know that they are theirs."""
    return _of(people.with_same(phone=phone, email=email), user)


def of_same_person(case: Case, *, user: User) -> list[Case]:
    """The case and all others of its contact whose person the user may know and whose data they may take out."""
    contact = case.persons_contact
    if contact is None or not permissions.can_reveal_contact(user, case):
        return []
    rows = Case.objects.filter(pk__in=own.ids_with(people.with_itself(contact))).filter(
        permissions.exportable(user)
    )
    rows = rows.exclude(permissions.about_ones_own(user)).filter(permissions.visible(user))
    if not has_permission(user, Permission.SEE_CONFIDENTIAL):
        rows = rows.filter(anonymity=Anonymity.OFFICE)
    return list(rows.defer("text", "words", "intake", "extra").order_by("received_at", "pk"))


def may_know_contact(user: User, case: Case) -> bool:
    """Whether masked contact data may be shown: never to the unit where the person asked for the dispatcher only."""
    if permissions.is_complained_about(user, case):
        return False
    return case.anonymity == Anonymity.OFFICE or has_permission(user, Permission.SEE_CONFIDENTIAL)


def _of(contacts: QuerySet[Contact], user: User) -> list[Case]:
    rows = (
        Case.objects.filter(permissions.visible(user), contact__in=contacts.order_by())
        .select_related("service__current")
        .defer("text", "words", "intake", "extra")
        .annotate(about=Left("text", ABOUT_CHARACTERS))
        .exclude(permissions.about_ones_own(user))
    )
    if not has_permission(user, Permission.SEE_CONFIDENTIAL):
        rows = rows.filter(anonymity=Anonymity.OFFICE)
    return list(rows.order_by("-received_at", "-id")[:MOST_EARLIER])
