"""Writes about connections to other systems; sending and asking is in `sending`."""

import dataclasses
import re

from django.core.cache import caches
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.kernel import checks, clock, outward
from huiyin.kernel.errors import Invalid
from huiyin.relays import permissions
from huiyin.relays.models import Connection

_CODE = re.compile(r"\s*([A-Za-z0-9_-]{1,60})\s*=\s*(\S{1,100})\s*")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setup:
    """How a unit's other system is reached. An empty key leaves the one that is stored."""

    name: str
    endpoint: str
    jurisdiction: str
    api_key: str
    codes: str
    default_code: str


@transaction.atomic
def connect(unit_id: int, *, setup: Setup, actor: accounts.Actor) -> Connection:
    """Send the unit's cases to another system from now on.

    Refuses (Conflict) a unit that is connected already, (Invalid) an address that may not be reached and codes that
    cannot be read. After commit a job sends each new case of the unit.
    """
    permissions.check_manage(actor)
    row = Connection(unit_id=unit_id, since=clock.now(), **_values(setup))
    row.api_key = setup.api_key
    checks.save_once(row, _("This unit is connected already."), field="unit")
    _record("connection.created", row, actor)
    return row


@transaction.atomic
def change(row: Connection, *, setup: Setup, actor: accounts.Actor) -> None:
    """Change how the other system is reached. Refuses as `connect` does."""
    permissions.check_manage(actor)
    for name, value in _values(setup).items():
        setattr(row, name, value)
    row.api_key = setup.api_key or row.api_key
    row.save()
    _record("connection.changed", row, actor)


@transaction.atomic
def stop(row: Connection, *, actor: accounts.Actor) -> None:
    """Send nothing any more and ask after nothing. What was sent stays known."""
    permissions.check_manage(actor)
    Connection.objects.filter(pk=row.pk).update(is_active=False)
    _record("connection.stopped", row, actor)


@transaction.atomic
def resume(row: Connection, *, actor: accounts.Actor) -> None:
    """Send and ask again; cases that came in between are sent too."""
    permissions.check_manage(actor)
    Connection.objects.filter(pk=row.pk).update(is_active=True)
    _record("connection.resumed", row, actor)


def _values(setup: Setup) -> dict[str, object]:
    outward.check_address(setup.endpoint)
    return {
        "name": setup.name.strip(),
        "endpoint": setup.endpoint.strip(),
        "jurisdiction": setup.jurisdiction.strip(),
        "codes": read_codes(setup.codes),
        "default_code": setup.default_code.strip(),
    }


def read_codes(text: str) -> dict[str, str]:
    """Pairs of our service code and theirs, one a line: `lights = 4711`. Refuses (Invalid) other lines."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        pair = _CODE.fullmatch(line)
        if pair is None:
            message = _("Write one pair a line: our code, an equals sign, their code.")
            raise Invalid(message, fields={"codes": message})
        found[pair[1]] = pair[2]
    return found


def _record(action: str, row: Connection, actor: accounts.Actor) -> None:
    """Write down what was done; the key is in no record."""
    data = {"endpoint": row.endpoint, "jurisdiction": row.jurisdiction, "codes": len(row.codes)}
    transaction.on_commit(caches["local"].clear)
    audit.record(action, actor=accounts.actor_name(actor), subject=f"unit:{row.unit_id}", data=data)
