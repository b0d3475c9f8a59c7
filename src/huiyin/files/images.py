"""Photos: decoded within limits and drawn anew, so that nothing but the picture is left of what was sent."""

import contextlib
import io
import struct
import threading
from dataclasses import dataclass
from typing import BinaryIO

import pillow_heif
from PIL import Image, ImageOps

from huiyin.files import logic

pillow_heif.register_heif_opener(thumbnails=False)
# The header's size is checked below, against a smaller limit than Pillow's warning.
Image.MAX_IMAGE_PIXELS = None
# A photo of 50 million pixels needs some 400 MB while it is drawn; one at a time in a process.
_PLACE = threading.Lock()
# Beyond this many pixels PNG is not worth the seconds that it takes to write: that is a photo, not a screenshot.
PNG_PIXELS = 8_000_000
# Everything that Pillow and libheif raise on broken input.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    struct.error,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    RuntimeError,
)


class Damaged(Exception):  # noqa: N818 -- turned into a refusal by the verb
    """It cannot be decoded to its end."""


class TooManyPixels(Exception):  # noqa: N818 -- turned into a refusal by the verb
    """Width times height is beyond the limit; `pixels` says how many."""

    def __init__(self, pixels: int) -> None:
        super().__init__(pixels)
        self.pixels = pixels


@dataclass(frozen=True)
class Redrawn:
    """The picture as it is kept."""

    content: bytes
    preview: bytes
    type: logic.Type


def redraw(file: BinaryIO, *, kind: logic.Type, max_bytes: int) -> Redrawn:
    """Decode the first frame and encode it anew: turned upright, without metadata, profile or anything behind it.

    PNG of up to 8 million pixels stays PNG unless that would be larger than `max_bytes`; everything else becomes JPEG.
    Raises Damaged, TooManyPixels.
    """
    with _PLACE:
        try:
            picture = _decode(file, kind)
            return _encode(picture, kind, max_bytes)
        except BROKEN as error:
            raise Damaged from error


def _decode(file: BinaryIO, kind: logic.Type) -> Image.Image:
    file.seek(0)
    with Image.open(file, formats=[kind.decoder]) as image:
        pixels = image.width * image.height
        if pixels > logic.MAX_PIXELS:
            raise TooManyPixels(pixels)
        image.seek(0)
        image.load()
        _turn_upright(image)
        see_through = "A" in image.mode or "transparency" in image.info
        mode = "RGBA" if see_through else "L" if image.mode in {"L", "1"} else "RGB"
        if image.mode.startswith("I;16"):
            clean = image.point(lambda value: value / 256).convert("L")
        else:
            clean = image.convert(mode) if image.mode != mode else image
    # Comments, text, EXIF, XMP and colour profiles travel in here; encoders would write some of them again.
    clean.info = {}
    return clean


def _turn_upright(image: Image.Image) -> None:
    # A broken EXIF block says nothing about the picture.
    with contextlib.suppress(*BROKEN):
        ImageOps.exif_transpose(image, in_place=True)


def _encode(picture: Image.Image, kind: logic.Type, max_bytes: int) -> Redrawn:
    flat = _flat(picture)
    preview = _bytes(_small(flat), "JPEG", quality=80, optimize=True)
    if kind is logic.PNG and picture.width * picture.height <= PNG_PIXELS:
        content = _bytes(picture, "PNG", compress_level=3)
        if len(content) <= max_bytes:
            return Redrawn(content, preview, logic.PNG)
    return Redrawn(_bytes(flat, "JPEG", quality=88), preview, logic.JPEG)


def _small(picture: Image.Image) -> Image.Image:
    scale = logic.PREVIEW_PIXELS / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency, on white."""
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _bytes(picture: Image.Image, encoder: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    picture.save(out, encoder, **options)
    return out.getvalue()
