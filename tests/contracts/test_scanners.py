"""What every scanner must do. ClamAV's daemon is played by a small server that speaks its protocol."""

import io
import socket
import socketserver
import struct
import threading
from pathlib import Path

import pytest

from huiyin.files.ports import ScannerDown
from huiyin.files.scanners import AcceptAll, ClamAV

# The harmless test pattern of the anti-virus industry, in two halves so that no scanner takes this file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STAN" + rb"DARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon(socketserver.BaseRequestHandler):
    """clamd's zPING and zINSTREAM; refuses more than a megabyte as the real one does beyond StreamMaxLength."""

    def handle(self) -> None:
        stream = self.request.makefile("rwb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command == b"zPING\0":
            self.request.sendall(b"PONG\0")
        if command == b"zINSTREAM\0":
            self.request.sendall(self.verdict(stream))

    def verdict(self, stream) -> bytes:
        content = b""
        while length := struct.unpack(">I", stream.read(4))[0]:
            content += stream.read(length)
        if len(content) > 1024 * 1024:
            return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@pytest.fixture
def clamav_tcp(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.HUIYIN_CLAMAV = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield ClamAV()
        server.shutdown()


@pytest.fixture
def clamav_unix(settings, tmp_path: Path):
    path = tmp_path / "c"
    with socketserver.ThreadingUnixStreamServer(str(path), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.HUIYIN_CLAMAV = f"unix:{path}"
        yield ClamAV()
        server.shutdown()


@pytest.fixture(params=["none", "clamav_tcp", "clamav_unix"])
def scanner(request):
    return AcceptAll() if request.param == "none" else request.getfixturevalue(request.param)


@pytest.fixture(params=["clamav_tcp", "clamav_unix"])
def clamav(request):
    return request.getfixturevalue(request.param)


def test_harmless_content_is_harmless(scanner):
    assert scanner.scan(io.BytesIO(b"a photo of a lamp" * 40_000)) == ""
    assert scanner.scan(io.BytesIO(b"")) == ""


def test_health_speaks(scanner):
    health = scanner.check()
    assert health.ok
    assert str(health.detail)
    assert "127.0.0.1" not in str(health.detail)


def test_it_reads_from_the_start(clamav):
    file = io.BytesIO(EICAR)
    file.read()
    assert clamav.scan(file) == "Eicar-Signature"


def test_a_file_the_daemon_will_not_read_is_no_clean_file(clamav):
    with pytest.raises(ScannerDown):
        clamav.scan(io.BytesIO(b"a" * 2_000_000))


def test_a_dead_daemon_gives_no_verdict(settings, tmp_path):
    settings.HUIYIN_CLAMAV = f"unix:{tmp_path}/nobody"
    with pytest.raises(ScannerDown) as caught:
        ClamAV().scan(io.BytesIO(b"x"))
    assert "Try again" in str(caught.value.message)
    assert not ClamAV().check().ok


def test_a_silent_daemon_gives_no_verdict(settings, monkeypatch):
    monkeypatch.setattr("huiyin.files.scanners.SECONDS_TO_ANSWER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.HUIYIN_CLAMAV = f"tcp://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(ScannerDown):
            ClamAV().scan(io.BytesIO(b"x"))
        assert not ClamAV().check().ok
