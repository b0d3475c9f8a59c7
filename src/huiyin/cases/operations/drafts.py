"""What a person has entered so far, kept between the steps of the form: encrypted, and gone after a day."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.cases.models import Draft
from huiyin.kernel import clock, public_ids
from huiyin.kernel.errors import Conflict

if TYPE_CHECKING:
    from huiyin.files.models import StoredFile


def open_draft(mark: str) -> Draft | None:
    """The draft of this browser, or None."""
    return Draft.objects.filter(mark=public_ids.keyed_hash("draft", mark)).first() if mark else None


def begin() -> tuple[str, Draft]:
    """A new draft and the random mark that the browser keeps."""
    mark = public_ids.token()
    return mark, Draft.objects.create(mark=public_ids.keyed_hash("draft", mark), updated_at=clock.now())


def entered(draft: Draft) -> dict[str, Any]:
    """What was entered so far."""
    found: dict[str, Any] = json.loads(draft.data or "{}")
    return found


def save(draft: Draft, **values: Any) -> dict[str, Any]:
    """Keep these values beside the earlier ones; returns all. What was sent meanwhile is left alone.

    Refuses (Conflict) a draft that is gone. Locked, so that a slow step never overwrites the receipt of a case that
    was sent from another tab.
    """
    with transaction.atomic():
        locked = lock(draft)
        found = entered(locked)
        if "sent_number" not in found:
            found |= values
            replace(locked, **found)
    draft.data, draft.updated_at = locked.data, locked.updated_at
    return found


def add_file(draft: Draft, stored: StoredFile) -> None:
    """Keep an uploaded file with the draft."""
    draft.files.add(stored)


def remove_file(draft: Draft, token: str) -> StoredFile | None:
    """Take a file out of the draft again; returns it so that the caller can delete its content."""
    stored = draft.files.filter(token=token).first()
    if stored is not None:
        draft.files.remove(stored)
    return stored


def files(draft: Draft) -> list[StoredFile]:
    """Files of the draft in the order they came."""
    return list(draft.files.order_by("pk"))


def discard(draft: Draft) -> None:
    """Forget the draft; its files stay with the case that used them, or are removed as orphans."""
    draft.delete()


def remove_older_than(age: dt.timedelta) -> int:
    """Forget drafts that nobody touched for `age`; returns how many."""
    gone, _rows = Draft.objects.filter(updated_at__lt=clock.now() - age).delete()
    return gone


def lock(draft: Draft) -> Draft:
    """The draft, locked until the transaction ends. Refuses (Conflict) a draft that is gone."""
    locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None:
        raise Conflict(_("This has changed in between. Load the page again and look at the new state."))
    return locked


def replace(draft: Draft, **values: Any) -> None:
    """Keep only these values; what was entered before is forgotten."""
    draft.data, draft.updated_at = json.dumps(values, ensure_ascii=False), clock.now()
    draft.save(update_fields=["data", "updated_at"])
