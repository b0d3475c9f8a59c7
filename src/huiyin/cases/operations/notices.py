"""Telling the person that something happened, where they asked for it. The letter itself stays on their page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.cases.operations import opening
from huiyin.notifications import operations as notifications
from huiyin.people import queries as people

if TYPE_CHECKING:
    from huiyin.cases.models import Case


def tell(case: Case, event: str) -> None:
    """Put a notice into the outbox if the person wants mail: in the case's language, without any of its content.

    Part of the caller's transaction; a job sends it after commit.
    """
    address = people.mail_address(case.persons_contact)
    if not address or not case.secret_hash:
        return
    with translation.override(case.language):
        subject, first = _words(case, event)
        lines = [
            first,
            _("Read it here (the link works for 30 days):"),
            f"{settings.HUIYIN_BASE_URL}/follow/link/{opening.link(case)}/",
            _("You get this message because you asked for it. On your page you can stop these messages."),
        ]
        notifications.enqueue(
            event, address=address, reference=case.number, subject=subject, body="\n\n".join(lines)
        )


def _words(case: Case, event: str) -> tuple[str, str]:
    number = {"number": case.number}
    return {
        "filed": (
            _("Case %(number)s has arrived") % number,
            _("Your case has arrived and has the number %(number)s.") % number,
        ),
        "question": (
            _("A question about case %(number)s") % number,
            _("The office has a question about your case %(number)s. The clock waits for your reply.")
            % number,
        ),
        "answer": (
            _("Case %(number)s is answered") % number,
            _("Your case %(number)s is answered. Please say on your page whether it is solved.") % number,
        ),
    }.get(
        event,
        (
            _("News about case %(number)s") % number,
            _("The office wrote to you about your case %(number)s.") % number,
        ),
    )
