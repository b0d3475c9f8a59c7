"""The real command on a free port, with its own database."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError

from huiyin.config.embedded import Cluster, wait_until_stopped
from huiyin.web.management.commands import serve


@pytest.fixture
def served():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, socket.socket() as probe:
        data = Path(name)
        data.chmod(0o755)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {**os.environ, "HUIYIN_DATA": str(data), "HUIYIN_TESTING": "1"}
        with (data / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "huiyin.config.main", "serve", "--port", str(port), "--workers", "1"],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                yield process, f"http://127.0.0.1:{port}", data
            finally:
                process.kill()
                process.wait()


def status(url: str, **options) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20, **options) as response:
            return response.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            status(url)
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"It did not come up:\n{log.read_text()}")


def children(process: subprocess.Popen) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")
def test_it_serves_restarts_its_workers_and_stops_with_everything(served):
    process, url, data = served
    wait_for(url, process, data / "log")
    assert status(f"{url}/accounts/login/") == 200
    web, *workers = children(process)
    assert len(workers) == len(serve.QUEUES)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    time.sleep(2.5)
    now = children(process)
    assert web in now
    assert len(now) == len(workers) + 1
    assert not set(workers) & set(now)
    begun = time.monotonic()
    process.terminate()
    assert process.wait(timeout=20) == 0, (data / "log").read_text()
    assert time.monotonic() - begun < 5
    with pytest.raises(OSError):
        status(url)
    assert wait_until_stopped(Cluster(data / "postgresql"), 1)
    assert "Traceback" not in (data / "log").read_text()


def test_an_address_in_use_is_refused():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="cannot be listened on"):
            serve.check_free("127.0.0.1", taken.getsockname()[1])
