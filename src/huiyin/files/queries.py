"""Reads about files: addresses that end by themselves, and what stands behind one."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.files import logic
from huiyin.files.models import StoredFile
from huiyin.files.ports import Scanner
from huiyin.kernel import clock, ports
from huiyin.kernel.errors import Missing
from huiyin.kernel.ports import Health

WHOLE, PREVIEW, NAMELESS = "f", "p", "n"
_SIGNER = signing.Signer(salt="huiyin.files")


class NoSuchBytes(Missing):
    """The file has no such bytes."""

    status = 416
    code = "no_such_bytes"


@dataclass(frozen=True)
class Served:
    """What an address stands for."""

    key: str
    name: str
    content_type: str
    etag: str
    seconds_left: int

    @property
    def inline(self) -> bool:
        """Whether a browser may show it by itself; a PDF, which can hold scripts, is only downloaded."""
        return self.content_type.startswith(logic.INLINE)


def url(file: StoredFile, *, minutes: int = 60) -> str:
    """An address of the content that works for at least `minutes` and less than twice as long.

    It stays the same within that time, so that browsers need not fetch a photo twice. Whoever has it can open it: give
    it only to somebody who may see the file.
    """
    return _url(file.token, WHOLE, minutes)


def nameless_url(file: StoredFile, *, minutes: int = 60) -> str:
    """The same for the public: the sender's name of the file, which may be a person's, is not in it."""
    return _url(file.token, NAMELESS, minutes)


def nameless_url_of(token: str, *, minutes: int = 60) -> str:
    """The same by the token of the file, for lists that read nothing else of it."""
    return _url(token, NAMELESS, minutes)


def preview_url(file: StoredFile, *, minutes: int = 60) -> str:
    """The same for the preview (at most 480 pixels); "" where the file has none."""
    return _url(file.token, PREVIEW, minutes) if file.preview_key else ""


def served(signed: str) -> Served:
    """What a signed address stands for. Refuses (Missing) a wrong one, one whose time is over and a deleted file."""
    try:
        token, variant, until = _SIGNER.unsign(signed).split(".")
        left = int(until, 36) - int(clock.now().timestamp())
    except (signing.BadSignature, ValueError) as error:
        raise Missing(
            _("There is no file at this address. Open it again from the page it was on.")
        ) from error
    if left <= 0:
        raise Missing(_("This link to a file has expired. Reload the page it was on and open it again."))
    file = StoredFile.objects.filter(token=token).first()
    if file is None:
        raise Missing(_("This file was deleted."))
    if variant == PREVIEW:
        return Served(file.preview_key, "preview.jpg", "image/jpeg", f"{file.sha256}-p", left)
    name = f"{file.kind}{PurePosixPath(file.key).suffix}" if variant == NAMELESS else file.name
    return Served(file.key, name, file.content_type, file.sha256, left)


def opened(key: str) -> BinaryIO:
    """The content, open for reading; the caller closes it. Refuses (Missing) where it is gone."""
    try:
        return cast("BinaryIO", default_storage.open(key, "rb"))
    except FileNotFoundError as error:
        raise Missing(_("This file was deleted.")) from error


def part(range_header: str, *, size: int) -> tuple[int, int] | None:
    """First and last byte that a Range header asks for; None where the whole file is to be sent.

    Refuses (NoSuchBytes) a range outside the file.
    """
    try:
        span = logic.span(range_header, size=size)
    except ValueError as error:
        raise NoSuchBytes from error
    return (span.first, span.last) if span else None


def scanner_health() -> Health:
    """What the configured scanner says of itself."""
    scanner: Scanner = ports.load(settings.HUIYIN_FILE_SCANNER)
    return scanner.check()


def _url(token: str, variant: str, minutes: int) -> str:
    window = minutes * 60
    until = (math.floor(clock.now().timestamp() / window) + 2) * window
    return reverse("file", args=[_SIGNER.sign(f"{token}.{variant}.{_base36(until)}")])


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def stored(ids: Iterable[int]) -> list[StoredFile]:
    """The files with these ids, in their order; those that are gone are left out."""
    wanted = list(ids)
    rows = {row.pk: row for row in StoredFile.objects.filter(pk__in=wanted)}
    return [rows[pk] for pk in wanted if pk in rows]
