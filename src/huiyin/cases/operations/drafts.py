"""What a person has entered so far, kept between the steps of the form: encrypted, and gone after a day."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from huiyin.cases.models import Draft
from huiyin.kernel import clock, public_ids

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
    """Keep these values beside the earlier ones; returns all."""
    found = entered(draft) | values
    draft.data, draft.updated_at = json.dumps(found, ensure_ascii=False), clock.now()
    draft.save(update_fields=["data", "updated_at"])
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
    """The draft, locked until the transaction ends. Raises Draft.DoesNotExist if it is gone."""
    return Draft.objects.select_for_update().get(pk=draft.pk)


def replace(draft: Draft, **values: Any) -> None:
    """Keep only these values; what was entered before is forgotten."""
    draft.data, draft.updated_at = json.dumps(values, ensure_ascii=False), clock.now()
    draft.save(update_fields=["data", "updated_at"])
