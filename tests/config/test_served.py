"""The web server that `huiyin serve` starts, killed where nobody expects it."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress

import pytest
from django.core.management import CommandError

from huiyin.web.management.commands import serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    """Whether a web process is up: what is not HTTP is refused before the application sees it."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as opened:
        opened.sendall(b"nonsense\r\n\r\n")
        return opened.recv(100).startswith(b"HTTP/1.1 400")
    return False


def is_free(port: int) -> bool:
    with suppress(CommandError):
        serve.check_free("127.0.0.1", port)
        return True
    return False


def within(seconds: float, holds) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="only Linux tells a process that its parent died")
def test_web_processes_end_with_the_server_that_was_killed():
    port = free_port()
    command = serve.web_command({"host": "127.0.0.1", "port": port, "workers": 2, "threads": 1})
    server = subprocess.Popen(command, start_new_session=True)
    try:
        assert within(60, lambda: answers(port)), "the web server does not come up"
        server.send_signal(signal.SIGKILL)
        server.wait()
        assert within(20, lambda: is_free(port)), "a web process outlives its server and keeps the port"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
