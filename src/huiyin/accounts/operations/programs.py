"""Programs of others and their keys: giving, changing, renewing and taking them, and asking what a key opens.

Each change leaves an audit record; `actor` is the administrator.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import caches
from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiyin.accounts import logic, permissions, queries
from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.models import Membership, Program, User
from huiyin.accounts.queries import programs
from huiyin.audit import operations as audit
from huiyin.kernel import checks, clock, metering, public_ids
from huiyin.kernel.errors import Denied, Invalid, TooMany
from huiyin.kernel.metering import Quota

PREFIX = "hy_"
HINT_LENGTH = 8
MOST_PER_MINUTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a program may do: with which role, how often, until when."""

    name: str
    scopes: frozenset[Scope]
    role: Role | None = None
    unit_id: int | None = None
    per_minute: int = 600
    expires_at: dt.datetime | None = None


@dataclass(frozen=True)
class Caller:
    """A program that was let in, the account it acts with, and what is left of its minute."""

    program_id: int
    name: str
    scopes: frozenset[Scope]
    user: User
    quota: Quota


class WrongKey(Denied):
    """The key is missing, unknown, over or taken back."""

    code = "wrong_key"


class NotInScope(Denied):
    """The key is right and not for this."""

    code = "not_in_scope"


class TooManyCalls(TooMany):
    """The program used up its minute."""

    def __init__(self, quota: Quota) -> None:
        super().__init__(
            _("More than %(limit)s calls in a minute. Go on in %(seconds)s seconds.")
            % {"limit": quota.limit, "seconds": quota.reset}
        )
        self.quota = quota


@transaction.atomic
def create(terms: Terms, *, actor: queries.Actor) -> tuple[Program, str]:
    """Let a program in; returns it with its key, which is kept nowhere.

    Refuses (Conflict) a taken name, (Invalid) no scope, a scope that needs a role without one, a role of a unit
    without the unit, the administrator's role and an end that is over.
    """
    permissions.check_manage(actor)
    _check(terms)
    key = PREFIX + public_ids.token()
    account = User(
        username=f"program-{public_ids.code(12)}", name=terms.name, is_active=False, is_program=True
    )
    account.set_unusable_password()
    account.save()
    program = Program(
        name=terms.name.strip(),
        key_hash=programs.key_hash(key),
        key_hint=key[:HINT_LENGTH],
        scopes=sorted(terms.scopes),
        user=account,
        per_minute=terms.per_minute,
        expires_at=terms.expires_at,
    )
    checks.save_once(program, _("There is a program of this name already."), field="name")
    _set_role(account, terms)
    _record("program.created", program, actor, terms)
    return program, key


@transaction.atomic
def change(program: Program, *, terms: Terms, actor: queries.Actor) -> None:
    """Change everything about a program but its key. Refuses as `create` does."""
    permissions.check_manage(actor)
    _check(terms)
    program.name, program.scopes = terms.name.strip(), sorted(terms.scopes)
    program.per_minute, program.expires_at = terms.per_minute, terms.expires_at
    checks.save_once(program, _("There is a program of this name already."), field="name")
    User.objects.filter(pk=program.user_id).update(name=program.name)
    _set_role(program.user, terms)
    _record("program.changed", program, actor, terms)


@transaction.atomic
def renew_key(program: Program, *, actor: queries.Actor) -> str:
    """Give a program another key and return it; the one before opens nothing any more. A revoked one comes back."""
    permissions.check_manage(actor)
    key = PREFIX + public_ids.token()
    program.key_hash, program.key_hint = programs.key_hash(key), key[:HINT_LENGTH]
    program.revoked_at = None
    program.save(update_fields=["key_hash", "key_hint", "revoked_at"])
    _record("program.key_renewed", program, actor)
    return key


@transaction.atomic
def revoke(program: Program, *, actor: queries.Actor) -> None:
    """Let the program in no more. What it did stays under its name."""
    permissions.check_manage(actor)
    Program.objects.filter(pk=program.pk, revoked_at=None).update(revoked_at=clock.now())
    _record("program.revoked", program, actor)


def admit(key: str, *, scope: Scope) -> Caller:
    """Let the holder of `key` do what `scope` names, and count the call. Refuses as `admit_any` does."""
    return admit_any(key, scopes=(scope,))


def admit_any(key: str, *, scopes: Sequence[Scope]) -> Caller:
    """Let the holder of `key` in if it has any of `scopes`, and count the call.

    Every interface begins with this, outside of any transaction. Refuses (WrongKey, NotInScope, TooManyCalls).
    """
    program = programs.by_key(key) if key else None
    if program is None or not programs.is_valid(program):
        raise WrongKey(_("The key is missing, wrong or over. Ask the office for one."))
    held = frozenset(Scope(name) for name in program.scopes if name in Scope.values)
    quota = _counted(program)
    if held.isdisjoint(scopes):
        raise NotInScope(_("This key is not for this: it lacks “%(scope)s”.") % {"scope": scopes[0].label})
    return Caller(program.pk, program.name, held, program.user, quota)


def count_read(key: str) -> Quota | None:
    """Count a call that needs no key but came with one, whatever it opens; None for a key that opens nothing.

    Refuses (TooManyCalls).
    """
    program = programs.by_key(key) if key else None
    return _counted(program) if program is not None and programs.is_valid(program) else None


def _counted(program: Program) -> Quota:
    quota = _meter.count(program.pk, limit=program.per_minute)
    if quota.is_over:
        raise TooManyCalls(quota)
    return quota


def _take(program_id: int, minute: dt.datetime, calls: int) -> int:
    """Add `calls` to the common count of the minute; returns the count."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_programuse AS kept (created_at, program_id, minute, used, last_used_at)
               VALUES (%(now)s, %(program)s, %(minute)s, %(calls)s, %(now)s)
               ON CONFLICT (program_id) DO UPDATE SET last_used_at = excluded.last_used_at, minute = excluded.minute,
               used = excluded.used + CASE WHEN kept.minute = excluded.minute THEN kept.used ELSE 0 END
               RETURNING used""",
            {"now": clock.now(), "program": program_id, "minute": minute, "calls": calls},
        )
        return int(cursor.fetchone()[0])


_meter: metering.Meter[int] = metering.Meter(_take)


def _check(terms: Terms) -> None:
    bounds = {"least": 1, "most": MOST_PER_MINUTE}
    needs_role = bool(terms.scopes & logic.ROLE_SCOPES)
    rules = {
        "name": (terms.name.strip(), _("Write a name.")),
        "scopes": (terms.scopes, _("Choose at least one thing that it may do.")),
        "unit": (terms.role not in logic.UNIT_ROLES or terms.unit_id, _("Choose a unit.")),
        "per_minute": (
            1 <= terms.per_minute <= MOST_PER_MINUTE,
            _("Write a whole number from %(least)s to %(most)s.") % bounds,
        ),
        "expires": (
            terms.expires_at is None or terms.expires_at > clock.now(),
            _("This day is over. Choose a later one, or none."),
        ),
    }
    problems = {field: text for field, (holds, text) in rules.items() if not holds}
    if needs_role and terms.role is None:
        problems["role"] = _("To read or work on cases it needs a role.")
    elif terms.role is not None and terms.role not in logic.PROGRAM_ROLES:
        problems["role"] = _("A program cannot be an administrator.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def _set_role(account: User, terms: Terms) -> None:
    Membership.objects.filter(user=account).delete()
    if terms.role is not None:
        Membership.objects.create(user=account, role=terms.role, unit_id=terms.unit_id)


def _record(action: str, program: Program, actor: queries.Actor, terms: Terms | None = None) -> None:
    """Write down what was done, never the key; let this process see it at once, the others within seconds."""
    transaction.on_commit(caches["local"].clear)
    data = {}
    if terms is not None:
        data = {
            "scopes": sorted(terms.scopes), "role": terms.role, "unit": terms.unit_id,
            "per_minute": terms.per_minute,
            "expires": terms.expires_at.isoformat() if terms.expires_at else None,
        }  # fmt: skip
    audit.record(action, actor=queries.actor_name(actor), subject=f"program:{program.pk}", data=data)
