"""Writes about contacts. Every look at clear values is a write: it leaves a row that the person can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.kernel.errors import Conflict, Invalid, Text
from huiyin.people import logic, permissions, queries
from huiyin.people.models import Contact, Purpose, Reveal

if TYPE_CHECKING:
    from huiyin.accounts.models import User


@dataclass(frozen=True)
class Revealed:
    """Contact data in clear."""

    name: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Notices:
    """How a person wants to hear from the office; nothing of it is a standing permission to be called."""

    by_mail: bool = False
    by_sms: bool = False
    daily: bool = False


@dataclass(frozen=True)
class _Checked:
    name: str
    phone: str
    email: str
    address: str
    phone_key: str
    email_key: str
    wants_mail: bool


def create_contact(
    *, name: str = "", phone: str = "", email: str = "", address: str = "", wants_mail: bool = False
) -> Contact:
    """Keep contact data, encrypted, in one spelling each. Refuses (Invalid, with `fields`) what cannot be one.

    Each case gets a contact of its own; earlier ones of the same person are found by `queries.alike`.
    """
    checked = _checked(name=name, phone=phone, email=email, address=address, wants_mail=wants_mail)
    return Contact.objects.create(**asdict(checked))


def create_contacts(given: Sequence[tuple[str, str, str, str]]) -> list[int]:
    """Keep (name, phone, email, address) of many people from files of other systems; returns their ids, in order.

    Nothing is refused, so that nothing is lost: what is no phone number or e-mail address is kept as it was written,
    encrypted like the rest, and cannot be found by it.
    """
    rows = []
    for name, phone, email, address in given:
        number, mail = logic.phone(phone), logic.email(email)
        rows.append(
            Contact(
                name=name,
                phone=number.shown if number else phone,
                email=mail or email,
                address=address,
                phone_key=queries.key(queries.PHONE, number.canonical) if number else "",
                email_key=queries.key(queries.EMAIL, mail.lower()) if mail else "",
            )
        )
    return [row.pk for row in Contact.objects.bulk_create(rows, batch_size=1_000)]


@transaction.atomic
def choose_notices(contact: Contact, *, wants: Notices, actor: str) -> Contact:
    """Keep how the person wants to hear from the office. Refuses (Invalid) a way for which there is no address."""
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if wants.by_mail and not contact.email:
        message = _("Write the e-mail address to which notices shall go.")
        raise Invalid(message, fields={"wants_mail": message})
    if wants.by_sms and not contact.phone:
        message = _("Write the telephone number to which text messages shall go.")
        raise Invalid(message, fields={"wants_sms": message})
    contact.wants_mail, contact.wants_sms, contact.daily = wants.by_mail, wants.by_sms, wants.daily
    contact.save(update_fields=["wants_mail", "wants_sms", "daily"])
    audit.record("contact.notices", actor=actor, subject=f"contact:{contact.pk}", data=asdict(wants))
    return contact


def check_contact(
    *, name: str = "", phone: str = "", email: str = "", address: str = "", wants_mail: bool = False
) -> None:
    """Refuse what `create_contact` would refuse, and keep nothing; for the step of a form."""
    _checked(name=name, phone=phone, email=email, address=address, wants_mail=wants_mail)


@transaction.atomic
def correct(contact: Contact, *, actor: str, **changes: str | bool) -> Contact:
    """Replace some of name, phone, email, address, wants_mail; the others stay. Refuses as `create_contact` does.

    The audit record names the fields, never their values.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    now = {"name": contact.name, "phone": contact.phone, "email": contact.email, "address": contact.address}
    checked = _checked(**({**now, "wants_mail": contact.wants_mail} | changes))  # type: ignore[arg-type]  # same names
    fields = [name for name, value in asdict(checked).items() if getattr(contact, name) != value]
    for name in fields:
        setattr(contact, name, getattr(checked, name))
    if fields:
        contact.save(update_fields=fields)
        shown = [name for name in fields if not name.endswith("_key")]
        audit.record(
            "contact.corrected", actor=actor, subject=f"contact:{contact.pk}", data={"fields": shown}
        )
    return contact


@dataclass(frozen=True)
class Why:
    """What contact data are needed for: one of the managed purposes, and words beside it where there are some."""

    kind: Purpose
    detail: str = ""

    @property
    def words(self) -> str:
        """As the records keep it, in the installation's language."""
        names = self.kind.names
        name = names.get(settings.LANGUAGE_CODE) or next(iter(names.values()), "")
        return queries.said(name, self.detail)[:300]


def why(purpose_id: int, *, detail: str = "") -> Why:
    """One of the purposes that can be chosen. Refuses (Invalid) another one."""
    kind = Purpose.objects.filter(pk=purpose_id, is_active=True).first()
    if kind is None:
        message = _("Choose one of the purposes.")
        raise Invalid(message, fields={"purpose": message})
    return Why(kind, logic.line(detail)[:200])


@transaction.atomic
def reveal(
    contact: Contact, *, user: User, purpose: str | Why, case_number: str, unit_names: Mapping[str, str]
) -> Revealed:
    """The clear values, for a purpose; recorded for the person's page and in the audit trail, in one transaction.

    Refuses (Denied) a user without the permission, (Invalid) a purpose that says nothing. The caller has checked that
    the case is one of the user's. `unit_names` are those of the unit for which the user acts.
    """
    permissions.check_reveal(user)
    words, told = _told(purpose)
    if not Contact.objects.filter(pk=contact.pk).exists():
        raise Conflict(_("The contact data was deleted in between."))
    Reveal.objects.create(
        contact=contact, case_number=case_number, user=user, unit_names=dict(unit_names), **told
    )
    audit.record("contact.revealed", actor=f"user:{user.pk}", subject=f"contact:{contact.pk}", why=words)
    return Revealed(name=contact.name, phone=contact.phone, email=contact.email, address=contact.address)


def check_purpose(purpose: str) -> str:
    """The purpose on one line. Refuses (Invalid) one that says nothing."""
    why = logic.line(purpose)
    if not logic.is_purpose(why):
        message = _("Say what you need the contact data for, in a few words; the person will read it.")
        raise Invalid(message, fields={"purpose": message})
    return why


def _told(purpose: str | Why) -> tuple[str, dict[str, Any]]:
    """The words of a purpose, and how a look keeps them."""
    if isinstance(purpose, Why):
        return purpose.words, {"purpose": purpose.words, "kind": purpose.kind, "detail": purpose.detail}
    words = check_purpose(purpose)
    return words, {"purpose": words}


def reveal_many(case_numbers: Mapping[int, str], *, user: User, purpose: str | Why) -> dict[int, Revealed]:
    """The clear values of many contacts, by id, in the caller's transaction; for an export.

    Each person finds it on their own page, as after `reveal`. The caller has checked that the user may, and records
    the export as a whole. `case_numbers` names the case of each contact.
    """
    _words, told = _told(purpose)
    rows = list(Contact.objects.filter(pk__in=case_numbers))
    Reveal.objects.bulk_create(
        [Reveal(contact=row, case_number=case_numbers[row.pk], user=user, **told) for row in rows],
        batch_size=1_000,
    )
    return {row.pk: Revealed(row.name, row.phone, row.email, row.address) for row in rows}


@transaction.atomic
def erase(contact: Contact, *, actor: str) -> None:
    """Delete contact data for good. The case stays, without a way to reach the person; who looked at it stays too."""
    subject = f"contact:{contact.pk}"
    contact.delete()
    audit.record("contact.erased", actor=actor, subject=subject)


def _checked(*, name: str, phone: str, email: str, address: str, wants_mail: bool) -> _Checked:
    errors: dict[str, Text] = {}
    number, mail = logic.phone(phone), logic.email(email)
    if phone.strip() and number is None:
        errors["phone"] = _(
            "This is not a phone number. Write it with its area or country code, like 0591-87654321."
        )
    if email.strip() and mail is None:
        errors["email"] = _("This is not an e-mail address. It looks like name@example.cn.")
    if wants_mail and not email.strip():
        errors["email"] = _("Write the e-mail address to which notices shall go.")
    texts = {
        "name": (logic.line(name), logic.NAME_CHARACTERS),
        "address": (logic.line(address), logic.ADDRESS_CHARACTERS),
    }
    for field, (text, most) in texts.items():
        if len(text) > most:
            errors[field] = _("At most %(most)d characters.") % {"most": most}
    if errors:
        raise Invalid(" ".join(str(text) for text in errors.values()), fields=errors)
    return _Checked(
        name=texts["name"][0],
        phone=number.shown if number else "",
        email=mail or "",
        address=texts["address"][0],
        phone_key=queries.key(queries.PHONE, number.canonical) if number else "",
        email_key=queries.key(queries.EMAIL, mail.lower()) if mail else "",
        wants_mail=wants_mail,
    )
