"""The purposes for which contact data may be looked at: which there are, and how they are called."""

from __future__ import annotations

from django.db import transaction

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.audit import operations as audit
from huiyin.kernel import checks, memory
from huiyin.people import queries
from huiyin.people.models import Purpose

# What an installation begins with: Simplified, Traditional, English.
FIRST = (
    ("就这件诉求回电", "就此案件回電", "Calling back about this case"),
    ("约定上门时间", "約定到場時間", "Arranging a visit"),
    ("核对来电人身份", "核對來電人身分", "Checking who is calling"),
)


@transaction.atomic
def create(names: dict[str, str], *, actor: accounts.Actor) -> Purpose:
    """Add a purpose that can be chosen from now on. Refuses (Invalid) no name."""
    accounts.check(actor, Permission.MANAGE_SETTINGS)
    row = Purpose.objects.create(names=checks.some_name(names))
    memory.forget(queries.PURPOSES)
    audit.record("purpose.created", actor=accounts.actor_name(actor), subject=f"purpose:{row.pk}")
    return row


@transaction.atomic
def change(row: Purpose, *, names: dict[str, str], actor: accounts.Actor) -> None:
    """Call a purpose otherwise; people who read of earlier looks find the new words."""
    accounts.check(actor, Permission.MANAGE_SETTINGS)
    row.names = checks.some_name(names)
    row.save(update_fields=["names"])
    memory.forget(queries.PURPOSES)
    audit.record(
        "purpose.changed",
        actor=accounts.actor_name(actor),
        subject=f"purpose:{row.pk}",
        data={"names": row.names},
    )


def retire(row: Purpose, *, actor: accounts.Actor) -> None:
    """Offer a purpose no more; what was looked at for it keeps it."""
    _switch(row, actor=actor, is_active=False)


def offer(row: Purpose, *, actor: accounts.Actor) -> None:
    """Offer a purpose again."""
    _switch(row, actor=actor, is_active=True)


def ensure() -> None:
    """Create the first purposes where there is none at all."""
    if not Purpose.objects.exists():
        for simplified, traditional, english in FIRST:
            create({"zh-hans": simplified, "zh-hant": traditional, "en": english}, actor="system")


@transaction.atomic
def _switch(row: Purpose, *, actor: accounts.Actor, is_active: bool) -> None:
    accounts.check(actor, Permission.MANAGE_SETTINGS)
    Purpose.objects.filter(pk=row.pk).update(is_active=is_active)
    memory.forget(queries.PURPOSES)
    said = "purpose.offered" if is_active else "purpose.retired"
    audit.record(said, actor=accounts.actor_name(actor), subject=f"purpose:{row.pk}")
