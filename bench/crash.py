"""Nothing gets lost: `python bench/crash.py [ROUNDS] [--seed N]`, 50 rounds unless told otherwise.

Starts `huiyin serve` with a data folder of its own, lets several people send cases with files at once over loopback, and
kills the web server, the database, one process or all of them with SIGKILL at random moments. At the end every case
whose sender got a receipt must be there, word for word and file for file, its receipt must hold against the log, no case
may be there by half or twice, and `audit_verify` must find nothing. Ends with JSON; exit code 1 if anything is wrong.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

import crash_inquest
import crash_senders

SENDERS = 4
LONGEST_QUIET = 2.5
# About how long the last request takes on a busy machine.
LONGEST_SENDING = 0.15
VICTIMS = ("web", "database", "both", "one process")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parents() -> dict[int, int]:
    """Parent of every process of this machine."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    return found


def family(root: int) -> list[int]:
    """A process and all that descend from it."""
    tree, found = parents(), [root]
    for one in found:
        found += [pid for pid, parent in tree.items() if parent == one]
    return found


class Server:
    """`huiyin serve`, and the PostgreSQL that it started."""

    def __init__(self, folder: Path) -> None:
        from huiyin.config.embedded import Cluster

        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.cluster = Cluster(folder / "postgresql")
        self.log = (folder / "server.log").open("ab")
        self.environment = environment(folder, self.url)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["serve", "--port", str(self.port), "--workers", "2"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "huiyin.config.main", *command],
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/log/heads.json", timeout=5) as answer:
                return answer.status == 200
        except (OSError, ValueError):
            return False

    def wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.answers():
                return True
            if self.process is not None and self.process.poll() is not None:
                return False
            time.sleep(0.1)
        return False

    def web(self) -> list[int]:
        return family(self.process.pid) if self.process and self.process.poll() is None else []

    def database(self) -> list[int]:
        try:
            return family(int((self.cluster.data / "postmaster.pid").read_text().split()[0]))
        except (OSError, ValueError, IndexError):
            return []

    def kill(self, victim: str, chance: random.Random) -> None:
        """SIGKILL, parents first, so that nobody is left to tidy up."""
        pids = {"web": self.web, "database": self.database, "both": lambda: self.web() + self.database()}.get(
            victim, lambda: [chance.choice(self.web() + self.database())]
        )()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def back(self) -> bool:
        """Until it serves again; whether it came back by itself."""
        if self.process is not None and self.process.poll() is None and self.wait(25):
            return True
        for pid in self.web():
            os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        # Children whose parent was killed end by themselves, and leave the port.
        time.sleep(0.5)
        self.start()
        if not self.wait(120):
            raise crash_senders.RefusedError("The server does not come back; its log tells more.")
        return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)


def environment(folder: Path, url: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HUIYIN_", "DATABASE_URL"))
    }
    return (
        kept
        | {
            "HUIYIN_DATA": str(folder),
            "HUIYIN_BASE_URL": url,
            "HUIYIN_PROXIES": "1",  # each sender brings an address of its own, so that the limits per address stay away
            "HUIYIN_LANGUAGE": "en",
            "DJANGO_SETTINGS_MODULE": "huiyin.config.settings",
        }
    )


def apart(folder: Path, url: str, *arguments: str) -> str:
    """Run a part of this file in a process of its own, which lets go of the database when it ends."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env=environment(folder, url),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def await_moment(sending: threading.Event, chance: random.Random) -> None:
    """Any moment, or in two of three rounds one at which somebody has just pressed "send"."""
    time.sleep(chance.uniform(0.2, LONGEST_QUIET))
    if chance.randrange(3):
        sending.clear()
        sending.wait(15)
        time.sleep(chance.uniform(0, LONGEST_SENDING))


def run(rounds: int, seed: int, folder: Path) -> dict:
    chance = random.Random(seed)
    server = Server(folder)
    apart(folder, server.url, "--prepare")
    server.start()
    if not server.wait(120):
        raise crash_senders.RefusedError(
            f"The server does not start: {(folder / 'server.log').read_text()[-2000:]}"
        )
    ending, sending = threading.Event(), threading.Event()
    senders = [crash_senders.Sender(number, server.url, seed, ending, sending) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    kills: Counter[str] = Counter()
    by_itself: Counter[str] = Counter()
    for turn in range(rounds):
        await_moment(sending, chance)
        victim = chance.choice(VICTIMS)
        server.kill(victim, chance)
        kills[victim] += 1
        by_itself[victim] += server.back()
        receipts = sum(bool(one["receipt"]) for sender in senders for one in sender.tried)
        print(f"round {turn + 1:>3}: killed {victim:<12} receipts so far: {receipts}", flush=True)
        if not any(sender.is_alive() for sender in senders):
            break
    ending.set()
    for sender in senders:
        sender.join(crash_senders.PATIENCE + 30)
    server.stop()
    tried = [one for sender in senders for one in sender.tried]
    (folder / "tried.json").write_text(json.dumps(tried))
    told = json.loads(apart(folder, server.url, "--inquest", str(folder / "tried.json")))
    told["wrong"] += [fault for sender in senders for fault in sender.faults]
    broken = sum(sender.broken for sender in senders)
    return {"ok": not told["wrong"], "rounds": sum(kills.values()), "seed": seed, **told, "kills": kills,
            "back_by_itself": by_itself, "broken_requests": broken}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="leave the data folder for a look")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--inquest", metavar="FILE", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.prepare or given.inquest:
        import django

        django.setup()
        if given.prepare:
            crash_inquest.prepare()
        else:
            print(json.dumps(crash_inquest.inquest(json.loads(Path(given.inquest).read_text()))))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="huiyin-crash-"))
    folder.chmod(0o755)
    try:
        told = run(given.rounds, given.seed, folder)
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(told, ensure_ascii=False))
    return 0 if told["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
