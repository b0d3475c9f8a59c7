"""One person's data across all their cases: proved by a code or by numbers with secrets, or taken out by staff."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.cases import permissions
from huiyin.cases.operations import intake, limits, opening
from huiyin.cases.queries import beside, own
from huiyin.kernel import public_ids
from huiyin.kernel.errors import Denied, Invalid, Missing
from huiyin.notifications import operations as notifications
from huiyin.notifications.enums import Via
from huiyin.people import operations as people
from huiyin.people import queries as contacts
from huiyin.people.operations import proving
from huiyin.privacy import operations as privacy

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case

CODES_PER_ADDRESS, CODES_PER_CONTACT, TRIES_PER_ADDRESS = 20, 5, 60
MOST_LINES = 50


def send_code(typed: str, *, address: str) -> None:
    """Send a code to a number or e-mail address, if any case has it; who asks is told the same either way.

    Refuses (Invalid) what is neither, (TooMany) too many from one internet address or to one contact in an hour.
    """
    limits.count("code-address", address, most=CODES_PER_ADDRESS, window=limits.HOUR)
    where = proving.place(typed)
    if where is None:
        message = _("Write the e-mail address or the phone number that you gave with your cases.")
        raise Invalid(message, fields={"contact": message})
    limits.count("code-contact", where.key, most=CODES_PER_CONTACT, window=limits.HOUR)
    if own.ids_with(_contacts(where)):
        with transaction.atomic():
            _send(where, proving.make(where))


def by_code(typed: str, code: str, *, address: str) -> list[int]:
    """Ids of all cases of a contact that a code proves. Refuses (Invalid) a wrong or old code."""
    limits.count("code-try", address, most=TRIES_PER_ADDRESS, window=limits.HOUR)
    where = proving.place(typed)
    if where is None or not proving.is_right(where, code):
        message = _("This code is wrong or too old. Look at the newest message, or ask for another code.")
        raise Invalid(message, fields={"code": message})
    return own.ids_with(_contacts(where))


def by_secrets(text: str, *, address: str) -> list[int]:
    """Ids of the cases that numbers and secrets open, a pair a line, with their parts.

    Refuses (Invalid) all of them if one does not fit, naming its line; wrong tries are counted as ever.
    """
    lines = [line for line in text.replace("\x00", "").splitlines() if line.strip()]
    if not lines or len(lines) > MOST_LINES:
        message = _("Write one case a line: its number, then its secret; at most %(most)d.") % {
            "most": MOST_LINES
        }
        raise Invalid(message, fields={"pairs": message})
    found, wrong = [], []
    for place, line in enumerate(lines, start=1):
        plain = public_ids.plain(line)
        number, secret = plain[: -intake.SECRET_LENGTH], plain[-intake.SECRET_LENGTH :]
        try:
            found.append(opening.for_person(number, secret, address=address).pk)
        except Missing:
            wrong.append(str(place))
    if wrong:
        message = _("Number and secret do not belong together in line %(lines)s.") % {
            "lines": ", ".join(wrong)
        }
        raise Invalid(message, fields={"pairs": message})
    return own.with_parts(found)


def may_take(user: User, case: Case) -> bool:
    """Whether a member of staff may take out everything of the person behind a case."""
    return permissions.can_export(user) and permissions.can_reveal_contact(user, case)


@transaction.atomic
def take(case: Case, *, user: User, purpose: people.Why) -> IO[bytes]:
    """A ZIP file of all cases of the person behind this one, as far as the user may know whose they are.

    Each of them shows on the person's page who took the data, when and for what; each has an audit record. Refuses
    (Denied) whoever may not export or not know who it is.
    """
    rows = beside.of_same_person(case, user=user) if may_take(user, case) else []
    if not rows:
        raise Denied(_("Your role does not take out the data of this person."))
    people.reveal_many(
        {row.contact_id: row.number for row in rows if row.contact_id}, user=user, purpose=purpose
    )
    return privacy.export_cases([row.pk for row in rows], actor=f"user:{user.pk}", why=purpose.words)


def _contacts(where: proving.Place) -> contacts.Found:
    is_mail = where.kind == contacts.EMAIL
    return contacts.with_same(phone="" if is_mail else where.address, email=where.address if is_mail else "")


def _send(where: proving.Place, code: str) -> None:
    text = _("%(code)s is your code for everything that is kept about your cases. It holds for 15 minutes.")
    notifications.enqueue(
        "code",
        address=where.address,
        reference="",
        subject=_("Your one-time code"),
        body=text % {"code": code},
        via=Via.EMAIL if where.kind == contacts.EMAIL else Via.SMS,
    )
