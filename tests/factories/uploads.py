"""Files as people send them, and as nobody should."""

import io
import struct
import zlib

from PIL import Image


def picture(encoder: str = "JPEG", size: tuple[int, int] = (640, 400), mode: str = "RGB", **options) -> bytes:
    image = Image.new(mode, size, (180, 40, 30, 128)[: len(mode)] if mode != "L" else 90)
    out = io.BytesIO()
    image.save(out, encoder, **options)
    return out.getvalue()


def gps_exif() -> bytes:
    """EXIF with a place, a camera, an owner and "turn by 90 degrees"."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    exif[0x013B] = "Owner Zhang"
    exif.get_ifd(0x8825).update({1: "N", 2: (26.0, 4.0, 27.5), 3: "E", 4: (119.0, 18.0, 23.4)})
    return exif.tobytes()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(side: int) -> bytes:
    """A PNG of side × side black pixels: some kilobytes that unfold into gigabytes."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\0" * ((side + 7) // 8)
    data = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def box(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def movie(brand: bytes) -> bytes:
    return box(b"ftyp", brand + b"\0\0\0\0" + brand) + box(b"mdat", b"\1" * 200) + box(b"moov", b"\0" * 100)


def ics(*events: str) -> bytes:
    """An iCalendar file with these events, each as its lines."""
    body = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT\n"
        for n, event in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//\n{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()
