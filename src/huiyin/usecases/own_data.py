"""The person has everything erased: an open case is withdrawn first, in the same step."""

from django.db import transaction

from huiyin.cases.enums import Action
from huiyin.cases.operations import contacts, person
from huiyin.cases.queries import family, own
from huiyin.privacy import operations as privacy


@transaction.atomic
def erase(case_id: int) -> None:
    """Withdraw the case if it is still worked on, then erase what is personal in it.

    The files' content goes after commit. Afterwards number and secret open nothing.
    """
    if Action.WITHDRAW in own.actions(contacts.locked(case_id)):
        person.withdraw(case_id)
    privacy.erase_case(case_id, actor="person")
    # Parts that were split off are the person's words too.
    for part_id in family.part_ids(case_id):
        erase(part_id)
