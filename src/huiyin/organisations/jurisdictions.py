"""Writes about jurisdictions: names under which programs ask for a part of the city. Each leaves an audit record."""

import re

from django.core.cache import caches
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.kernel import checks
from huiyin.kernel.errors import Invalid
from huiyin.organisations import permissions
from huiyin.organisations.models import Jurisdiction, Unit

# As in the standard: usually a domain name, such as south.city.example.
NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?", re.ASCII)


@transaction.atomic
def create_jurisdiction(code: str, *, unit: Unit, actor: accounts.Actor) -> Jurisdiction:
    """Give a unit and all below it a name for programs; with one name given, every program must say which it means.

    Refuses a taken name (Conflict) and one that is no domain name (Invalid).
    """
    permissions.check_manage(actor)
    if not NAME.fullmatch(code):
        text = _("Write it like a domain name: small letters, digits, dots and hyphens.")
        raise Invalid(text, fields={"code": text})
    row = Jurisdiction(code=code, unit=unit)
    checks.save_once(row, _("This name is taken. Choose another one."), field="code")
    _record("jurisdiction.created", row, actor)
    return row


@transaction.atomic
def remove_jurisdiction(row: Jurisdiction, *, actor: accounts.Actor) -> None:
    """Take a name away; programs that use it get “unknown jurisdiction”. Cases and units are untouched."""
    permissions.check_manage(actor)
    _record("jurisdiction.removed", row, actor)
    row.delete()


def _record(action: str, row: Jurisdiction, actor: accounts.Actor) -> None:
    transaction.on_commit(caches["local"].clear)
    audit.record(
        action,
        actor=accounts.actor_name(actor),
        subject=f"unit:{row.unit_id}",
        data={"name": row.code},
    )
