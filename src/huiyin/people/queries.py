"""Reads about contacts: masked, by keyed hash, and who looked. Clear values come from `operations.reveal` only."""

from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import Q, QuerySet

from huiyin.kernel import public_ids
from huiyin.people import logic
from huiyin.people.models import Contact, Purpose, Reveal

SECONDS_REMEMBERED, PURPOSES = 10, "purposes"
PHONE, EMAIL = "phone", "email"
Found = QuerySet[Contact]


@dataclass(frozen=True)
class Masked:
    """What of a contact is shown without a purpose."""

    name: str
    phone: str
    email: str
    address: str


def masked(contact: Contact) -> Masked:
    """張**, 138****5678, a***@x.cn, 鼓楼区***; "" where nothing was given."""
    return Masked(
        name=logic.masked_name(contact.name),
        phone=logic.masked_phone(contact.phone),
        email=logic.masked_email(contact.email),
        address=logic.masked_address(contact.address),
    )


def with_same(*, phone: str = "", email: str = "") -> QuerySet[Contact]:
    """Contacts with this phone number or this e-mail address, however it is spelled, newest first.

    Their cases are at `contact.case`. What is no number and no address finds nobody.
    """
    number, address = logic.phone(phone), logic.email(email)
    return _alike(
        key(PHONE, number.canonical) if number else "", key(EMAIL, address.lower()) if address else ""
    )


def alike(contact: Contact) -> QuerySet[Contact]:
    """Other contacts with the same phone number or e-mail address: earlier cases of the same person."""
    return _alike(contact.phone_key, contact.email_key).exclude(pk=contact.pk)


def with_itself(contact: Contact) -> QuerySet[Contact]:
    """This contact and all others with the same phone number or e-mail address."""
    return Contact.objects.filter(Q(pk=contact.pk) | _same(contact.phone_key, contact.email_key))


def key(kind: str, value: str) -> str:
    """The keyed hash under which a canonical value is found again; "" for nothing."""
    return public_ids.keyed_hash(f"contact-{kind}", value) if value else ""


def reveals(case_number: str) -> QuerySet[Reveal]:
    """Who looked at the contact data of a case, when and for what, newest first; for the person's own page."""
    return Reveal.objects.filter(case_number=case_number).select_related("user", "kind")


def purposes() -> list[Purpose]:
    """The purposes that can be chosen, in their order; remembered for some seconds."""
    cache = caches["local"]
    found: list[Purpose] | None = cache.get(PURPOSES)
    if found is None:
        found = list(Purpose.objects.filter(is_active=True))
        cache.set(PURPOSES, found, SECONDS_REMEMBERED)
    return found


def all_purposes() -> QuerySet[Purpose]:
    """Every purpose, also those that can be chosen no more."""
    return Purpose.objects.all()


def purpose(pk: int) -> Purpose | None:
    """One purpose, or None."""
    return Purpose.objects.filter(pk=pk).first()


def said(name: str, detail: str) -> str:
    """A purpose by its name, with what was said beside it."""
    return f"{name} – {detail}" if detail else name


def mail_address(contact: Contact | None) -> str:
    """Where notices go: the e-mail address, if the person wants notices. For sending only, never for showing."""
    return contact.email if contact is not None and contact.wants_mail else ""


def sms_number(contact: Contact | None) -> str:
    """Where text messages go, in digits with country code, if the person wants them. For sending only."""
    if contact is None or not contact.wants_sms:
        return ""
    number = logic.phone(contact.phone)
    return number.canonical.partition("x")[0] if number is not None else ""


def wants_daily(contact: Contact | None) -> bool:
    """Whether the person wants everything of a day in one message."""
    return contact is not None and contact.daily


def _alike(phone_key: str, email_key: str) -> QuerySet[Contact]:
    return Contact.objects.filter(_same(phone_key, email_key)).order_by("-pk")


def _same(phone_key: str, email_key: str) -> Q:
    wanted = Q(pk__in=[])
    if phone_key:
        wanted |= Q(phone_key=phone_key)
    if email_key:
        wanted |= Q(email_key=email_key)
    return wanted
