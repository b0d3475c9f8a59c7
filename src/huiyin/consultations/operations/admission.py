"""Whether somebody may take part, and what they show from then on. Nothing is written down here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations import codes, ports, pseudonyms
from huiyin.consultations.enums import Audience
from huiyin.consultations.models import Code, Consultation
from huiyin.kernel import ports as kernel_ports
from huiyin.kernel import public_ids
from huiyin.kernel.errors import Denied, Invalid

Proof = pseudonyms.Proof


def with_browser(row: Consultation, *, mark: str) -> Proof:
    """For consultations open to anyone: the random mark of a browser. Refuses (Denied) elsewhere."""
    _check_audience(row, Audience.ANYONE)
    return Proof("browser", mark)


def with_code(row: Consultation, *, code: str) -> Proof:
    """For holders of codes. Refuses (Invalid) a code that is mistyped, unknown or revoked.

    The same code on two devices is the same participant. The proof holds the stored hash, never the code.
    """
    _check_audience(row, Audience.CODES)
    plain = public_ids.plain(code)
    if not codes.holds(plain):
        message = _("This code has a slip in it. It has 16 letters and digits; compare them one by one.")
        raise Invalid(message, fields={"code": message})
    stored = codes.stored(plain, salt=row.code_salt)
    if not Code.objects.filter(consultation=row, stored=stored, batch__revoked_at=None).exists():
        message = _("This code does not belong to this consultation, or it was revoked.")
        raise Invalid(message, fields={"code": message})
    return Proof("code", stored)


def with_register(row: Consultation, *, answers: Mapping[str, str]) -> Proof:
    """For residents: what they answer is looked up in the city's register and forgotten. Refuses (Invalid) others."""
    _check_audience(row, Audience.RESIDENTS)
    resident = register().resident(answers)
    if not resident:
        raise Invalid(_("This was not found in the register. Write it as on the card, or come to the desk."))
    return Proof("resident", public_ids.keyed_hash(f"resident:{row.pk}", resident))


def with_account(row: Consultation, *, user: Any) -> Proof:
    """For members of the unit that the consultation names. Refuses (Denied) others."""
    _check_audience(row, Audience.UNIT)
    member = accounts.staff_member(user)
    units = {unit for _role, unit in member.standing().roles}
    if row.member_unit_id not in units:
        raise Denied(_("Only members of this unit take part in this consultation."))
    return Proof("staff", str(member.pk))


def register() -> ports.Register:
    """The register of residents that this installation uses."""
    found: ports.Register = kernel_ports.load(settings.HUIYIN_REGISTER)
    return found


def _check_audience(row: Consultation, audience: Audience) -> None:
    if row.audience != audience:
        raise Denied(_("In this consultation one takes part in another way."))
