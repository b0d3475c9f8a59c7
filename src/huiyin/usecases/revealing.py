"""Looking at the contact data of a case, for a purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.cases import permissions
from huiyin.kernel.errors import Missing
from huiyin.people import operations as people

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case


def reveal_for(case: Case, *, user: User, purpose_id: int, detail: str = "") -> people.Revealed:
    """The same for one of the managed purposes, with words beside it. Refuses (Invalid) what cannot be chosen."""
    permissions.check_reveal_contact(user, case)
    return reveal_contact(case, user=user, purpose=people.why(purpose_id, detail=detail))


@transaction.atomic
def reveal_contact(case: Case, *, user: User, purpose: str | people.Why) -> people.Revealed:
    """The contact data in clear. The person reads on their own page that the unit looked, when and for what.

    Refuses as `check_reveal_contact` does, and (Invalid) a purpose that says nothing.
    """
    permissions.check_reveal_contact(user, case)
    contact = case.persons_contact
    if contact is None:
        raise Missing(_("There are no contact data with this case."))
    # The person reads it on the page of the case that they raised, also where a unit looked for a part of it.
    number = case.root.number if case.root is not None else case.number
    names = case.unit.names if case.unit is not None else {}
    return people.reveal(contact, user=user, purpose=purpose, case_number=number, unit_names=names)
