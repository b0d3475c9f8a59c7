"""Once a day: legal holds whose day has passed come to their end, and the supervisors hear which."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.cases.operations import holding
from huiyin.cases.queries import numbers
from huiyin.notifications import operations as notifications

MOST_NAMED = 50


def end_and_tell() -> int:
    """End what is over; returns how many. Supervisors get one mail with the numbers, and none on days without."""
    ended = holding.end_due()
    if ended:
        named = sorted(numbers.of(ended).values())
        with transaction.atomic():
            for reader in accounts.holders(Role.SUPERVISOR):
                if reader.email:
                    with translation.override(reader.language or settings.LANGUAGE_CODE):
                        _tell(reader.email, named)
    return len(ended)


def _tell(address: str, named: list[str]) -> None:
    count = {"count": len(named)}
    subject = ngettext("%(count)d legal hold ended", "%(count)d legal holds ended", len(named)) % count
    lines = [*named[:MOST_NAMED], *(["…"] if len(named) > MOST_NAMED else [])]
    explained = _(
        "From now on time and the person can erase these cases. Where one is still needed, place a new hold today:"
    )
    body = "\n".join([explained, "", *lines, "", f"{settings.HUIYIN_BASE_URL}/desk/holds/?tab=ended"])
    notifications.enqueue("holds", address=address, reference="", subject=subject, body=body)
