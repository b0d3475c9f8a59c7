"""What a file is, by its content alone; what it is called; which bytes of it are asked for. Values in, values out."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_PIXELS = 50_000_000
PREVIEW_PIXELS = 480
NAME_CHARACTERS = 120
HEAD_BYTES = 4096

# What a browser shows by itself. Everything else is only ever downloaded: a PDF may hold scripts.
INLINE = ("image/", "audio/", "video/")
# Format brands of ISO base media files (ISO/IEC 14496-12, 4.3; registered at mp4ra.org).
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
AUDIO_BRANDS = {b"M4A ", b"M4B ", b"F4A "}
VIDEO_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"MSNV",
    b"M4V ",
    b"M4VH",
    b"dash",
}
# Control, format and surrogate characters and every blank. Private and new characters are left: rare names need them.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
MP3_FRAME = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")


@dataclass(frozen=True)
class Type:
    """A kind of file that is accepted."""

    kind: str
    content_type: str
    extension: str
    # Pillow's name, for images only.
    decoder: str = ""


JPEG = Type("image", "image/jpeg", "jpg", "JPEG")
PNG = Type("image", "image/png", "png", "PNG")
WEBP = Type("image", "image/webp", "webp", "WEBP")
HEIC = Type("image", "image/heic", "heic", "HEIF")
PDF = Type("pdf", "application/pdf", "pdf")
MP3 = Type("audio", "audio/mpeg", "mp3")
M4A = Type("audio", "audio/mp4", "m4a")
OGG = Type("audio", "audio/ogg", "ogg")
WAV = Type("audio", "audio/wav", "wav")
AMR = Type("audio", "audio/amr", "amr")
MP4 = Type("video", "video/mp4", "mp4")
MOV = Type("video", "video/quicktime", "mov")
WEBM = Type("video", "video/webm", "webm")

PREFIXES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"%PDF-", PDF),
    (b"ID3", MP3),
    (b"OggS\0", OGG),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
)


def recognise(head: bytes) -> Type | None:
    """The accepted type that the first bytes of a file show, or None. Names and claims of the sender play no part."""
    for prefix, kind in PREFIXES:
        if head.startswith(prefix):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"\x42\x82\x84webm" in head[:64]:
        return WEBM
    # Free-format and reserved rates are left out, so that chance text does not pass for sound.
    if MP3_FRAME.match(head) and len(head) > 3 and head[2] >> 4 not in {0, 15} and head[2] >> 2 & 3 != 3:
        return MP3
    return None


def _iso_media(head: bytes) -> Type | None:
    size = min(int.from_bytes(head[:4]), len(head))
    major, others = head[8:12], {head[i : i + 4] for i in range(16, size - 3, 4)}
    if major in HEIF_BRANDS or (others & HEIF_BRANDS and major not in VIDEO_BRANDS):
        return HEIC
    if major == b"qt  ":
        return MOV
    if major in AUDIO_BRANDS:
        return M4A
    return MP4 if major in VIDEO_BRANDS or others & VIDEO_BRANDS else None


def is_whole(kind: Type, *, tail: bytes, size: int, boxes: dict[bytes, int]) -> bool:
    """Whether a file that is kept as it came shows its end. Images are not asked here; decoding them finds out.

    `tail` holds its last bytes, `boxes` the top boxes of ISO media with the offsets at which they end.
    """
    if kind is PDF:
        return b"%%EOF" in tail
    if kind in {MP4, MOV, M4A}:
        return b"moov" in boxes and max(boxes.values()) <= size
    return size > 64


def display_name(given: str, *, extension: str) -> str:
    """The sender's name of a file, fit to be shown: no path, no control or direction marks, the true extension."""
    text = unicodedata.normalize("NFC", given).replace("\\", "/")
    base = PurePosixPath(text.replace("\0", "")).name
    visible = "".join(" " if unicodedata.category(ch) in INVISIBLE else ch for ch in base)
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", " ".join(visible.split())).strip(". ")
    stem = re.sub(r'[<>:"|?*;]', "_", stem)[:NAME_CHARACTERS].strip(". ")
    return f"{stem or 'file'}.{extension}"


@dataclass(frozen=True)
class Span:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int


def span(header: str, *, size: int) -> Span | None:
    """The one range that a Range header asks for (RFC 9110, 14.1.2); None where the whole file is to be sent.

    Several ranges at once, other units and nonsense get the whole file, as the standard allows.
    Raises ValueError outside.
    """
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.strip(), re.ASCII)
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        wanted = Span(max(0, size - int(last)), size - 1)
    else:
        wanted = Span(int(first), min(int(last), size - 1) if last else size - 1)
        if last and int(last) < int(first):
            return None
    if wanted.first >= size or wanted.last < wanted.first:
        raise ValueError("outside of the file")
    return wanted
