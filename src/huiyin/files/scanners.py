"""Scanners: none, and ClamAV's daemon over TCP or a local socket."""

import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.files.ports import ScannerDown
from huiyin.kernel.ports import Health

CHUNK = 256 * 1024
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 3, 60
LONGEST_ANSWER = 4096


class AcceptAll:
    """Finds nothing. What protects without a scanner: photos are re-encoded, the rest is never run or shown inline."""

    def scan(self, file: BinaryIO) -> str:  # noqa: ARG002 -- the seam's signature
        """Nothing found."""
        return ""

    def check(self) -> Health:
        """Works always; says that nobody looks."""
        return Health(ok=True, detail=_("No scanner: files are not checked for viruses."))


class ClamAV:
    """ClamAV's daemon by its INSTREAM command, at HUIYIN_CLAMAV (`tcp://host:3310` or `unix:/run/clamav/clamd.ctl`).

    Protocol: clamd(8), section COMMANDS: chunks of a big-endian 32-bit length and that many bytes, a zero length ends.
    """

    def scan(self, file: BinaryIO) -> str:
        """Stream `file` to the daemon and read its verdict. Raises ScannerDown where none comes."""
        try:
            with _connection() as daemon:
                daemon.sendall(b"zINSTREAM\0")
                file.seek(0)
                while chunk := file.read(CHUNK):
                    daemon.sendall(struct.pack(">I", len(chunk)) + chunk)
                daemon.sendall(struct.pack(">I", 0))
                return _verdict(_answer(daemon))
        except OSError as error:
            raise ScannerDown from error

    def check(self) -> Health:
        """Ask the daemon whether it lives."""
        try:
            with _connection() as daemon:
                daemon.sendall(b"zPING\0")
                alive = _answer(daemon) == b"PONG"
        except OSError:
            alive = False
        return Health(ok=alive, detail=_("ClamAV answers.") if alive else _("ClamAV does not answer."))


@contextlib.contextmanager
def _connection() -> Iterator[socket.socket]:
    address = urlsplit(settings.HUIYIN_CLAMAV)
    if address.scheme == "unix":
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        where: str | tuple[str, int] = address.path
    else:
        daemon = socket.socket(socket.AF_INET6 if ":" in (address.hostname or "") else socket.AF_INET)
        where = (address.hostname or "127.0.0.1", address.port or 3310)
    with daemon:
        daemon.settimeout(SECONDS_TO_CONNECT)
        daemon.connect(where)
        daemon.settimeout(SECONDS_TO_ANSWER)
        yield daemon


def _answer(daemon: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        part = daemon.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n")


def _verdict(answer: bytes) -> str:
    text = answer.decode("utf-8", "replace").removeprefix("stream: ")
    if text == "OK":
        return ""
    if text.endswith(" FOUND"):
        return text.removesuffix(" FOUND")
    raise ScannerDown
