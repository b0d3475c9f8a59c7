"""Worklist filters kept under a name: one's own, or shared with a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import has_permission_in
from huiyin.audit import operations as audit
from huiyin.cases.models import SavedFilter
from huiyin.kernel.errors import Denied, Invalid, Missing

if TYPE_CHECKING:
    from huiyin.accounts.models import User

MOST_KEPT = 50
LONGEST_NAME, LONGEST_QUERY = 80, 1_000


def keep(name: str, *, query: str, owner: User) -> SavedFilter:
    """Keep a filter for oneself; the same name again replaces it. Refuses an empty name and more than 50 filters."""
    name = name.replace("\x00", "").strip()[:LONGEST_NAME]
    if not name:
        raise Invalid(_("Give the filter a name."), fields={"name": _("Give the filter a name.")})
    if len(query) > LONGEST_QUERY:
        raise Invalid(_("This filter is too long to be kept."))
    mine = SavedFilter.objects.filter(owner=owner)
    if mine.exclude(name=name).count() >= MOST_KEPT:
        raise Invalid(_("You keep 50 filters already. Delete one first."))
    row, _new = SavedFilter.objects.update_or_create(
        owner=owner, name=name, defaults={"query": query, "unit": None}
    )
    return row


def share(row: SavedFilter, *, unit_id: int, actor: User) -> SavedFilter:
    """Show one's own filter to everybody in a unit. Refuses units where the actor may not share."""
    if row.owner_id != actor.pk or not has_permission_in(actor, Permission.SHARE_FILTERS, unit_id):
        raise Denied(_("You can share your own filters with units whose head you are."))
    row.unit_id = unit_id
    row.save(update_fields=["unit"])
    audit.record("filter.share", actor=f"user:{actor.pk}", subject=f"filter:{row.pk}", data={"unit": unit_id})
    return row


def remove(filter_id: int, *, actor: User) -> None:
    """Delete one's own filter. Refuses those of others as if they did not exist."""
    gone, _rows = SavedFilter.objects.filter(pk=filter_id, owner=actor).delete()
    if not gone:
        raise Missing(_("There is no such filter among yours."))
