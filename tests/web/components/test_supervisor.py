"""Processes that are kept together, with real ones."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from huiyin.web.components import supervisor

RUN = """
import sys
from huiyin.web.components.supervisor import Child, Supervisor
children = [Child(name, (sys.executable, "-c", code), may_restart=restart == "restart", niceness=5 if name == "worker" else 0)
            for name, restart, code in (text.split(":", 2) for text in sys.argv[1:])]
print("failed:", Supervisor(children).run(), flush=True)
"""
SLEEP = "import time; print('up', flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def supervise(*children: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, *children], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_children_in_time_even_deaf_ones(number):
    process = supervise(f"web:never:{SLEEP}", f"worker:never:{DEAF}")
    assert [process.stdout.readline() for _ in range(2)] == ["up\n", "up\n"]
    begun = time.monotonic()
    process.send_signal(number)
    out, _err = process.communicate(timeout=10)
    assert out == "failed: None\n"
    assert time.monotonic() - begun < 5


def test_an_essential_child_takes_the_others_with_it():
    process = supervise("web:never:print('up', flush=True); raise SystemExit(3)", f"worker:restart:{SLEEP}")
    out, _err = process.communicate(timeout=10)
    assert out.endswith("failed: web\n")


def test_a_child_that_dies_is_started_again_but_not_for_ever():
    process = supervise("worker:restart:print('up', flush=True)")
    out, err = process.communicate(timeout=30)
    assert out == "up\n" * 6 + "failed: worker\n"
    assert err.count("started again") == 5


def test_a_child_lets_others_go_first_where_it_is_told_to():
    shown = "import os; print(os.nice(0), flush=True)"
    own = os.nice(0)
    for name, nice in (("web", own), ("worker", own + 5)):
        out, _err = supervise(f"{name}:never:{shown}").communicate(timeout=10)
        assert out == f"{nice}\nfailed: {name}\n"


AUTOGROUP = Path("/proc/sys/kernel/sched_autogroup_enabled")


@pytest.mark.skipif(
    not AUTOGROUP.exists() or AUTOGROUP.read_text().strip() != "1",
    reason="this kernel knows no shares of sessions",
)
def test_the_session_of_a_child_lets_others_go_first_too():
    shown = "print(open('/proc/self/autogroup').read().split()[-1], flush=True)"
    for name, nice in (("web", 0), ("worker", 5)):
        out, _err = supervise(f"{name}:never:{shown}").communicate(timeout=10)
        assert out == f"{nice}\nfailed: {name}\n"


class Reluctant:
    """A kernel that took another such wish a moment ago."""

    def __init__(self, times: int) -> None:
        self.times, self.written = times, []

    def write_text(self, text: str, encoding: str) -> None:
        self.times -= 1
        if self.times >= 0:
            raise BlockingIOError
        self.written.append(text)


@pytest.mark.parametrize("times", [0, 1, 3])
def test_a_wish_that_the_kernel_puts_off_is_said_again(monkeypatch, times):
    kernel = Reluctant(times)
    monkeypatch.setattr(supervisor, "_AUTOGROUP", kernel)
    supervisor.stand_back(0)
    assert kernel.written == ["0"]


def test_a_system_without_such_a_file_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(supervisor, "_AUTOGROUP", tmp_path / "none" / "autogroup")
    supervisor.stand_back(0)
