"""Filing a case: contact, files, case, receipt leaf and first notice, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.cases.operations import intake, notices
from huiyin.kernel import statements
from huiyin.kernel.errors import Invalid
from huiyin.people import operations as people
from huiyin.triage.operations import waiting

if TYPE_CHECKING:
    from huiyin.catalogue.models import ServiceVersion


@dataclass(frozen=True, kw_only=True)
class ContactGiven:
    """Contact data as typed; empty where the person gave none."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    wants_mail: bool = False
    wants_sms: bool = False
    daily: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.phone or self.email or self.address)


def file_case(new: intake.NewCase, *, contact: ContactGiven) -> intake.Filed:
    """Store contact, case and files, and put the case into its unit's list.

    Refuses (Invalid) what the service does not allow: no contact where one is needed, no name where it is not offered
    to stay anonymous, a service that stops with an emergency number. After commit the receipt can be fetched; a job
    signs a tree head over it within 60 seconds, and another one proposes where it belongs.
    """
    with statements.one_transaction():
        return stored(new, contact=contact)


def stored(new: intake.NewCase, *, contact: ContactGiven) -> intake.Filed:
    """The same in the caller's transaction, for verbs that do more with the case."""
    check_service(new.version, contact=contact, has_place=bool(new.place_text or new.area or new.point))
    kept = None
    if not contact.is_empty:
        kept = people.create_contact(
            name=contact.name,
            phone=contact.phone,
            email=contact.email,
            address=contact.address,
            wants_mail=contact.wants_mail,
        )
        if contact.wants_sms or contact.daily:
            wants = people.Notices(by_mail=contact.wants_mail, by_sms=contact.wants_sms, daily=contact.daily)
            kept = people.choose_notices(kept, wants=wants, actor="person")
    filed = intake.create(replace(new, contact=kept))
    notices.tell(filed.case, "filed")
    waiting.ask(filed.case.pk)
    return filed


def check_service(version: ServiceVersion | None, *, contact: ContactGiven, has_place: bool) -> None:
    """Refuse what this service does not allow."""
    if version is None:
        return
    if version.emergency_notice:
        raise Invalid(_("This is an emergency: call the number shown. It cannot be handled by a form."))
    if version.contact_required and not (contact.phone or contact.email):
        raise Invalid(_("For this service a phone number or an e-mail address is needed."))
    if not version.anonymous_allowed and not contact.name:
        raise Invalid(_("For this service your name is needed."))
    if version.place_required and not has_place:
        raise Invalid(_("Say where it is."))
