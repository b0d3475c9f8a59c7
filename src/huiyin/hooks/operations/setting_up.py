"""Making, changing, stopping and starting web hooks. Each leaves an audit record."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.hooks import logic, permissions, queries
from huiyin.hooks.enums import HookState
from huiyin.hooks.models import Hook
from huiyin.kernel import checks, clock, memory, outward
from huiyin.kernel.errors import Invalid

SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Where a hook leads and what it is told; an empty filter lets everything through."""

    name: str
    url: str
    events: Sequence[str] = ()
    units: Sequence[str] = ()
    services: Sequence[str] = ()


@transaction.atomic
def create(terms: Terms, *, actor: accounts.Actor) -> tuple[Hook, str]:
    """Add a hook that is told from now on; returns it with the secret that its receiver checks signatures with.

    Refuses (Conflict) a taken name, (Invalid) an address that is no web address or lies in a network that may not be
    reached.
    """
    permissions.check_manage(actor)
    row = Hook(secret=_secret())
    _fill(row, terms)
    _record("hook.created", row, actor)
    return row, row.secret


@transaction.atomic
def change(row: Hook, *, terms: Terms, actor: accounts.Actor) -> None:
    """Change where it leads and what it is told. Refuses as `create` does."""
    permissions.check_manage(actor)
    _fill(row, terms)
    _record("hook.changed", row, actor)


@transaction.atomic
def renew_secret(row: Hook, *, actor: accounts.Actor) -> str:
    """Give it another secret and return that; messages are signed with it at once."""
    permissions.check_manage(actor)
    row.secret = _secret()
    row.save(update_fields=["secret"])
    _record("hook.secret_renewed", row, actor)
    return row.secret


@transaction.atomic
def switch_off(row: Hook, *, actor: accounts.Actor) -> None:
    """Tell it nothing more; what waits stays, and is sent when it is switched on again."""
    _switch(row, HookState.OFF, "hook.switched_off", actor)


@transaction.atomic
def switch_on(row: Hook, *, actor: accounts.Actor) -> None:
    """Go on telling; what waits is tried at once, in its order."""
    _switch(row, HookState.ON, "hook.switched_on", actor)
    waiting = row.deliveries.filter(state="waiting")
    waiting.update(attempts=0, due_at=clock.now())


def _switch(row: Hook, state: HookState, action: str, actor: accounts.Actor) -> None:
    permissions.check_manage(actor)
    row.state, row.failing_since = state, None
    row.save(update_fields=["state", "failing_since"])
    _record(action, row, actor)


def _fill(row: Hook, terms: Terms) -> None:
    name = terms.name.strip()
    if not name:
        raise Invalid(_("Write a name."), fields={"name": _("Write a name.")})
    outward.check_address(terms.url)
    row.name, row.url = name, terms.url.strip()
    row.events, row.units, row.services = sorted(terms.events), sorted(terms.units), sorted(terms.services)
    checks.save_once(row, _("There is a web hook of this name already."), field="name")


def _secret() -> str:
    return logic.PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _record(action: str, row: Hook, actor: accounts.Actor) -> None:
    """Write down what was done, never the secret; let this process see it at once, the others within seconds."""
    memory.forget(queries.CACHED)
    data = {
        "name": row.name,
        "url": row.url,
        "events": row.events,
        "units": row.units,
        "services": row.services,
    }
    audit.record(action, actor=accounts.actor_name(actor), subject=f"hook:{row.pk}", data=data)
