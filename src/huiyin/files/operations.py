"""Taking files in and letting them go. Content is on the disk before its row is inserted, and goes after its row."""

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.files import images, logic, storage
from huiyin.files.models import StoredFile
from huiyin.files.ports import Scanner
from huiyin.kernel import clock, ports, public_ids
from huiyin.kernel.errors import Invalid, Text

ORPHAN_AGE = dt.timedelta(days=1)
UNUSED_AGE = dt.timedelta(days=2)
BATCH = 500
ACCEPTED = gettext_lazy(
    "photos (JPEG, PNG, WebP, HEIC), PDF, recordings (MP3, M4A, OGG, WAV, AMR), videos (MP4, WebM, MOV)"
)


@dataclass(frozen=True)
class Content:
    """What is to be kept of an upload."""

    type: logic.Type
    body: File  # type: ignore[type-arg]
    preview: bytes = b""


def store(upload: UploadedFile[Any], *, name: str) -> StoredFile:
    """Check an upload, make it harmless and keep it; returns its row.

    The content decides on the type, never the name. Photos are drawn anew without metadata and get a preview.
    Refuses (Invalid) what is empty, too large, of another type, damaged, has too many pixels or is infected; refuses
    (ScannerDown) while the scanner gives no verdict. The content is on the disk before the row is inserted; if the
    surrounding transaction fails, `remove_orphans` clears it away.
    """
    content = _checked(upload)
    folder = f"{clock.now():%Y/%m}/{public_ids.token()}"
    keys = [storage.keep(f"{folder}.{content.type.extension}", content.body)]
    try:
        if content.preview:
            keys.append(storage.keep(f"{folder}.preview.jpg", ContentFile(content.preview)))
        return StoredFile.objects.create(
            name=logic.display_name(name, extension=content.type.extension),
            kind=content.type.kind,
            content_type=content.type.content_type,
            size=content.body.size,
            sha256=digest(content.body),
            key=keys[0],
            preview_key=keys[1] if content.preview else "",
        )
    except BaseException:
        storage.remove(*keys)
        raise


def digest(content: File) -> str:  # type: ignore[type-arg]
    """SHA-256 of the content, in hexadecimal."""
    found = hashlib.sha256()
    for chunk in content.chunks():
        found.update(chunk)
    return found.hexdigest()


def delete(file: StoredFile) -> None:
    """Delete the row now and the content after commit. Refuses (ProtectedError) a file that a case still uses."""
    delete_all([file.pk])


@transaction.atomic
def delete_all(ids: Iterable[int]) -> int:
    """Delete many rows now and their content after commit; returns how many rows there were."""
    rows = StoredFile.objects.filter(pk__in=list(ids))
    keys = [key for pair in rows.values_list("key", "preview_key") for key in pair]
    count = len(keys) // 2
    rows.delete()
    transaction.on_commit(lambda: storage.remove(*keys))
    return count


def remove_unused(*, limit: int = BATCH) -> int:
    """Delete files older than two days that nothing uses any more (left-over drafts); returns how many."""
    old = _unused().filter(created_at__lt=clock.now() - UNUSED_AGE)
    return delete_all(old.order_by("pk").values_list("pk", flat=True)[:limit])


def delete_unused(ids: Iterable[int]) -> int:
    """Of these rows, delete those that nothing uses any more, with their content after commit; returns how many."""
    return delete_all(_unused().filter(pk__in=list(ids)).values_list("pk", flat=True))


def claim(tokens: Sequence[str]) -> list[StoredFile]:
    """The files with these tokens, in their order, for whoever is about to use them in this transaction.

    Refuses (Invalid) a token that is unknown, used already or over: a file belongs to one case.
    """
    wanted = list(dict.fromkeys(tokens))
    rows = {row.token: row for row in _unused().filter(token__in=wanted).select_for_update(of=("self",))}
    if len(rows) < len(wanted):
        message = _("A file is not there any more, or it is used already. Send it again.")
        raise Invalid(message, fields={"files": message})
    return [rows[token] for token in wanted]


def remove_orphans() -> int:
    """Remove content older than a day that no row names, as a crash leaves behind; returns how many pieces."""
    before, gone = clock.now() - ORPHAN_AGE, 0
    keys = storage.walk()
    while batch := list(itertools.islice(keys, BATCH)):
        known = set(StoredFile.objects.filter(key__in=batch).values_list("key", flat=True))
        known |= set(StoredFile.objects.filter(preview_key__in=batch).values_list("preview_key", flat=True))
        orphans = [key for key in batch if key not in known and _is_older(key, before)]
        storage.remove(*orphans)
        gone += len(orphans)
    return gone


def _is_older(key: str, before: dt.datetime) -> bool:
    try:
        return default_storage.get_modified_time(key) < before
    except FileNotFoundError:
        return False  # deleted in the regular way since the folder was read


def _unused() -> QuerySet[StoredFile]:
    unused = StoredFile.objects.all()
    for relation in StoredFile._meta.related_objects:
        unused = unused.filter(**{f"{relation.field.related_query_name()}__isnull": True})
    return unused


def _checked(upload: UploadedFile[Any]) -> Content:
    size, most = upload.size or 0, settings.HUIYIN_FILE_MAX_BYTES
    if size > most:
        raise _refused(
            _("This file is too large: at most %(most)d MB. Send a shorter recording, or photos one by one.")
            % {"most": most // 1024 // 1024}
        )
    if not size:
        raise _refused(_("This file is empty. Choose it again, or choose another one."))
    file = cast("BinaryIO", upload)
    file.seek(0)
    head = file.read(logic.HEAD_BYTES)
    kind = logic.recognise(head)
    if kind is None:
        raise _refused(
            _("This type of file is not accepted%(looks)s. Accepted are: %(accepted)s.")
            % {"looks": _looks_like(head), "accepted": ACCEPTED}
        )
    _scan(file)
    return _image(file, kind) if kind.decoder else _kept_as_is(upload, kind, size)


def _scan(file: BinaryIO) -> None:
    scanner: Scanner = ports.load(settings.HUIYIN_FILE_SCANNER)
    if scanner.scan(file):
        raise _refused(
            _(
                "The virus scanner found something harmful in this file. Send another one, or go on without it."
            )
        )


def _image(file: BinaryIO, kind: logic.Type) -> Content:
    try:
        drawn = images.redraw(file, kind=kind, max_bytes=settings.HUIYIN_FILE_MAX_BYTES)
    except images.TooManyPixels as error:
        raise _refused(
            _("This photo has %(pixels)d million pixels, more than %(most)d. Send a smaller version of it.")
            % {"pixels": -(-error.pixels // 10**6), "most": logic.MAX_PIXELS // 10**6}
        ) from error
    except images.Damaged as error:
        raise _damaged() from error
    return Content(drawn.type, ContentFile(drawn.content), drawn.preview)


def _kept_as_is(upload: UploadedFile[Any], kind: logic.Type, size: int) -> Content:
    file = cast("BinaryIO", upload)
    file.seek(max(0, size - logic.HEAD_BYTES))
    tail = file.read(logic.HEAD_BYTES)
    if not logic.is_whole(kind, tail=tail, size=size, boxes=_boxes(file, size)):
        raise _damaged()
    return Content(kind, upload)


def _boxes(file: BinaryIO, size: int) -> dict[bytes, int]:
    """Names of the top boxes of an ISO media file with the offset at which each ends (ISO/IEC 14496-12, 4.2)."""
    found: dict[bytes, int] = {}
    start = 0
    while start + 8 <= size and len(found) < 64:
        file.seek(start)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        end = size if length == 0 else start + length
        found[head[4:8]] = max(end, found.get(head[4:8], 0))
        if end < start + 8:
            break
        start = end
    return found


def _looks_like(head: bytes) -> str:
    """What a refused file seems to be, for the message; "" where nobody knows."""
    try:
        best = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return ""
    extension = best.extension.lstrip(".").upper()
    return _(" (it looks like %(type)s)") % {"type": extension} if extension else ""


def _damaged() -> Invalid:
    return _refused(
        _("This file is damaged and cannot be opened. Open it on your device, save it again and send that.")
    )


def _refused(message: Text) -> Invalid:
    return Invalid(message, fields={"file": message})
