"""Hot topics by the clock: find them, and tell the supervisors of new ones."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.accounts.queries import absences
from huiyin.notifications import operations as notifications
from huiyin.topics.operations import finding


@transaction.atomic
def look() -> int:
    """Find hot topics anew; supervisors with an address hear of new ones, without a word of what people wrote."""
    found = finding.refresh()
    if found:
        for reader in absences.readers(accounts.holders(Role.SUPERVISOR)):
            if reader.user.email:
                _tell(reader.user.email, reader.user.language, len(found))
    return len(found)


def _tell(address: str, language: str, count: int) -> None:
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = ngettext("%(count)d new hot topic", "%(count)d new hot topics", count) % {"count": count}
        body = "\n".join(
            [
                _("Several people wrote about one thing in the last days. Look at what it is:"),
                "",
                f"{settings.HUIYIN_BASE_URL}/desk/topics/",
            ]
        )
        notifications.enqueue("topics", address=address, reference="", subject=subject, body=body)
