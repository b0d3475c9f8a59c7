"""Which contact belongs to a case; what is in it is the business of `people`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huiyin.cases.models import Case

if TYPE_CHECKING:
    from huiyin.people.models import Contact


def locked(case_id: int) -> Case:
    """The case with its contact, locked until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).select_related("contact").get(pk=case_id)


def locked_by_number(number: str) -> Case | None:
    """The same by the number of the case; None where there is no such case."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("contact")
    return rows.filter(number=number).first()


def attach(case: Case, contact: Contact) -> None:
    """Let the case have this contact."""
    case.contact = contact
    case.save(update_fields=["contact"])
