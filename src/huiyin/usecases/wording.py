"""A city's own words for notices."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.audit import operations as audit
from huiyin.cases.queries import notice_texts
from huiyin.kernel.errors import Invalid
from huiyin.notifications import operations, queries
from huiyin.notifications.enums import Via


@transaction.atomic
def change(event: str, *, via: Via, language: str, subject: str, body: str, actor: accounts.Actor) -> None:
    """Say it in other words from now on; what waits in the outbox goes out as it was written.

    Refuses (Denied) who may not, (Invalid) an unknown variable and, to people, a text without the address for stopping.
    """
    accounts.check(actor, Permission.MANAGE_SETTINGS)
    unknown = queries.variables(subject + body) - notice_texts.VARIABLES.keys()
    if unknown:
        message = _("There is no variable %(names)s.") % {
            "names": ", ".join(sorted(f"{{{name}}}" for name in unknown))
        }
        raise Invalid(message, fields={"body": message})
    if event in notice_texts.TO_PERSON and "{stop}" not in body:
        message = _("Every notice to a person says how to stop them: put {stop} into the text.")
        raise Invalid(message, fields={"body": message})
    operations.save_wording(event, via=via, language=language, subject=subject, body=body)
    _record("changed", event, via, language, actor)


@transaction.atomic
def reset(event: str, *, via: Via, language: str, actor: accounts.Actor) -> None:
    """Go back to the words that come with the product. Refuses (Denied) who may not."""
    accounts.check(actor, Permission.MANAGE_SETTINGS)
    operations.drop_wording(event, via=via, language=language)
    _record("reset", event, via, language, actor)


@transaction.atomic
def name_room(unit_id: int, *, url: str, actor: accounts.Actor) -> None:
    """Keep the messenger group of a unit; empty forgets it. Refuses (Denied) who may not, (Invalid) other addresses."""
    accounts.check(actor, Permission.MANAGE_ORGANISATION)
    operations.name_room(unit_id, url=url)
    audit.record(
        "unit.room",
        actor=accounts.actor_name(actor),
        subject=f"unit:{unit_id}",
        data={"named": bool(url.strip())},
    )


def _record(what: str, event: str, via: Via, language: str, actor: accounts.Actor) -> None:
    audit.record(
        f"notice.{what}",
        actor=accounts.actor_name(actor),
        subject=f"notice:{event}",
        data={"via": via.value, "language": language},
    )
