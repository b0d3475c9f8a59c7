"""The person changes how they can be reached."""

from django.db import transaction

from huiyin.cases.operations import contacts
from huiyin.notifications import operations as notifications
from huiyin.people import operations as people


@transaction.atomic
def change(case_id: int, *, name: str, phone: str, email: str, wants_mail: bool) -> None:
    """Keep these contact data with the case; all empty removes them. Refuses (Invalid) what cannot be reached.

    The audit record names the fields, never their values.
    """
    case = contacts.locked(case_id)
    if not (name or phone or email):
        if case.contact is not None:
            people.erase(case.contact, actor="person")
            notifications.forget_address(case.number)
        return
    if case.contact is None:
        contacts.attach(
            case, people.create_contact(name=name, phone=phone, email=email, wants_mail=wants_mail)
        )
        return
    people.correct(case.contact, actor="person", name=name, phone=phone, email=email, wants_mail=wants_mail)
