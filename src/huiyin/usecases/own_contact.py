"""The person changes how they can be reached."""

from django.db import transaction

from huiyin.cases.operations import contacts
from huiyin.cases.queries import holds
from huiyin.notifications import operations as notifications
from huiyin.people import operations as people


@transaction.atomic
def change(case_id: int, *, name: str, phone: str, email: str, wants: people.Notices) -> None:
    """Keep these contact data with the case, and how the person wants to hear; all empty removes them.

    Refuses (Invalid) what cannot be reached, and (Conflict) to remove them under a legal hold.

    The audit record names the fields, never their values.
    """
    case = contacts.locked(case_id)
    if not (name or phone or email):
        if case.contact is not None:
            holds.check_free(case.held_until)
            people.erase(case.contact, actor="person")
            notifications.forget_address(case.number)
        return
    if case.contact is None:
        kept = people.create_contact(name=name, phone=phone, email=email)
        contacts.attach(case, kept)
    else:
        kept = people.correct(
            case.contact, actor="person", name=name, phone=phone, email=email, wants_mail=wants.by_mail
        )
    people.choose_notices(kept, wants=wants, actor="person")


@transaction.atomic
def stop_notices(number: str) -> None:
    """Send no more notices about a case, and none that wait; the contact data stay. Twice is the same as once."""
    case = contacts.locked_by_number(number)
    contact = case.persons_contact if case is not None else None
    if case is not None and contact is not None:
        people.choose_notices(contact, wants=people.Notices(), actor="person")
        notifications.drop_waiting(case.number)
