"""Reads about programs and their keys."""

import datetime as dt

from django.core.cache import caches
from django.db.models import Q, QuerySet

from huiyin.accounts import logic
from huiyin.accounts.enums import Role
from huiyin.accounts.models import Program
from huiyin.kernel import clock, public_ids

# A key that was revoked, or whose scopes were changed, is still honoured for so long by other processes.
SECONDS_REMEMBERED = 10


def programs(words: str = "") -> QuerySet[Program]:
    """Programs whose name or key begins with or holds `words`, with their roles and last use; revoked ones last."""
    rows = Program.objects.select_related("user", "use").prefetch_related("user__memberships")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(key_hint__startswith=words[:12]))
    return rows.order_by("-revoked_at", "name").distinct()


def program(pk: int) -> Program | None:
    """One program with its roles and last use, or None."""
    return programs().filter(pk=pk).first()


def by_key(key: str) -> Program | None:
    """The program that holds this key, with its account and roles; remembered for some seconds."""
    found: Program | None
    hashed = key_hash(key)
    cache = caches["local"]
    found = cache.get(f"program:{hashed}")
    if found is None:
        found = Program.objects.select_related("user").filter(key_hash=hashed).first()
        if found is not None:
            found.user.standing()
            cache.set(f"program:{hashed}", found, SECONDS_REMEMBERED)
    return found


def key_hash(key: str) -> str:
    """What is stored of a key: 256 random bits need no slow hashing."""
    return public_ids.keyed_hash("program-key", key)


def is_valid(row: Program, *, at: dt.datetime | None = None) -> bool:
    """Whether the key of a program opens anything at this moment."""
    now = at or clock.now()
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def last_used(row: Program) -> dt.datetime | None:
    """When the program last called, to within a few of its calls."""
    use = getattr(row, "use", None)
    return use.last_used_at if use is not None else None


def roles() -> tuple[Role, ...]:
    """The roles that a program can hold."""
    return logic.PROGRAM_ROLES
