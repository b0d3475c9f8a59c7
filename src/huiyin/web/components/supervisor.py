"""Keeping a few child processes running together: they start together, and they stop together."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

# A child has this long to end in order; systemd, Docker and people wait five seconds and more.
GRACE = 4.0
# A child that dies this often within a minute is broken, not unlucky.
MOST_RESTARTS = 5
_AUTOGROUP, _TRIES = Path("/proc/self/autogroup"), 20


@dataclass
class Child:
    """One process to keep: started again when it dies, or essential. `niceness`: how far it stands back for others."""

    name: str
    command: Sequence[str]
    may_restart: bool
    niceness: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it, in a session of its own, so that Ctrl-C reaches only the one who stops it in order."""
        self.process = subprocess.Popen(  # noqa: S603 -- our own commands
            self.command,
            start_new_session=True,
            preexec_fn=self._prepare,  # noqa: PLW1509 -- no threads here
        )

    def _prepare(self) -> None:
        if self.niceness:
            stand_back(self.niceness)
        die_with_parent(signal.SIGTERM)

    def is_dead(self) -> bool:
        """Whether it ended."""
        return self.process is not None and self.process.poll() is not None

    def is_broken(self) -> bool:
        """Count a death; whether it is not worth another start."""
        now = time.monotonic()
        self.deaths = [*(moment for moment in self.deaths if now - moment < 60), now]
        return not self.may_restart or len(self.deaths) > MOST_RESTARTS


class Supervisor:
    """Runs children until a signal comes or one of them cannot go on."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self.stopping = False

    def run(self) -> str | None:
        """Keep them running; returns the name of the child that ended for good, None if we were told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        failed = None
        for child in self.children:
            child.start()
        while not self.stopping and failed is None:
            time.sleep(0.2)
            failed = self._tend()
        self._end()
        return failed

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _tend(self) -> str | None:
        for child in self.children:
            if child.is_dead():
                if self.stopping or child.is_broken():
                    return child.name
                sys.stderr.write(f"The {child.name} process ended and is started again.\n")
                time.sleep(0.5)
                child.start()
        return None

    def _end(self) -> None:
        for child in self.children:
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + GRACE
        while time.monotonic() < until and not all(child.is_dead() for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            # The whole session: what a child started goes with it.
            _signal_group(child, signal.SIGKILL)
            if child.process is not None:
                child.process.wait()


def _signal(child: Child, number: int) -> None:
    if child.process is not None and not child.is_dead():
        child.process.send_signal(number)


def _signal_group(child: Child, number: int) -> None:
    if child.process is not None:
        try:
            os.killpg(child.process.pid, number)
        except ProcessLookupError:
            return


def stand_back(niceness: int) -> None:
    """Let this process, which has a session of its own, compute only when others do not want to.

    Where the kernel divides the processor among sessions first (autogroup, on most Linux systems), the niceness of a
    process counts within its session alone; the session then has a niceness too. Elsewhere there is no such file.
    """
    os.nice(niceness)
    for _try in range(_TRIES):
        try:
            _AUTOGROUP.write_text(str(niceness), encoding="ascii")
        except BlockingIOError:
            # Of all ordinary users together the kernel takes one such wish every tenth of a second.
            time.sleep(0.11)
        except OSError:
            return
        else:
            return


def die_with_parent(number: int) -> None:
    """Linux: get this signal when the parent was killed outright, so that no port and no job stays taken.

    Children of this process have to ask for it themselves: it is not inherited. A process of `multiprocessing` whose
    parent ended before it asked gets the signal at once.
    """
    if sys.platform != "linux":
        return
    death_signal = 1  # PR_SET_PDEATHSIG
    ctypes.CDLL(None).prctl(death_signal, number)
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():
        os.kill(os.getpid(), number)
