"""What the receipt of a case says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huiyin.audit import queries as log
from huiyin.cases.models import Case
from huiyin.cases.queries import deciding
from huiyin.catalogue.enums import Urgency
from huiyin.engines import worktime
from huiyin.kernel.errors import Missing

if TYPE_CHECKING:
    from huiyin.catalogue.models import ServiceVersion


def case_for_receipt(number: str) -> Case:
    """The case with what the receipt page shows."""
    return Case.objects.select_related("unit", "service__current").get(number=number)


def shown_number(number: str) -> str:
    """The number in groups, as it is printed and read aloud: 1234 5678 901."""
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def receipt(number: str, *, url: str) -> dict[str, Any]:
    """The signed receipt with its opening. Missing once the person's data were erased."""
    case = Case.objects.filter(number=number).first()
    if case is None or not case.receipt_salt:
        raise Missing(_("There is no receipt for this case any more."))
    return log.receipt(case.leaf_hash, opening=_opening(case), url=url)


def _opening(case: Case) -> dict[str, Any]:
    hashes = (
        case.files.filter(reply=None, message=None)
        .order_by("position")
        .values_list("file__sha256", flat=True)
    )
    content = receipt_content(case, list(hashes))
    return log.opening(salt=bytes.fromhex(case.receipt_salt), content=content)


def receipt_content(case: Case, file_hashes: Sequence[str]) -> dict[str, Any]:
    """The opening of the commitment, as it stands in the receipt file."""
    deadlines = {"sign": case.sign_due_at, "contact": case.contact_due_at, "answer": case.promised_at}
    return log.content(
        number=case.number,
        received_at=case.received_at,
        text=case.text,
        files=list(file_hashes),
        deadlines={name: at for name, at in deadlines.items() if at is not None},
    )


def promised_words(version: ServiceVersion | None) -> str:
    """The limit for the answer in words: "7 working days", "24 hours"."""
    written = deciding.answer_limit(version, version.urgency if version else Urgency.ORDINARY)
    limit = worktime.Limit.parse(written)
    working = limit.kind is worktime.Kind.WORKING
    words = {
        (worktime.Unit.DAYS, True): _("%(n)s working days"),
        (worktime.Unit.DAYS, False): _("%(n)s days"),
        (worktime.Unit.HOURS, True): _("%(n)s working hours"),
        (worktime.Unit.HOURS, False): _("%(n)s hours"),
        (worktime.Unit.MINUTES, True): _("%(n)s working minutes"),
        (worktime.Unit.MINUTES, False): _("%(n)s minutes"),
    }
    return words[limit.unit, working] % {"n": limit.amount}
