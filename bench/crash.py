"""Nothing gets lost: `python bench/crash.py [ROUNDS] [--seed N]`, 50 rounds unless told otherwise.

Starts `huiyin serve` with a data folder of its own, lets several people send cases with files at once over loopback, and
kills the web server, the database, one process or all of them with SIGKILL at random moments. At the end every case
whose sender got a receipt must be there, word for word and file for file, its receipt must hold against the log, no case
may be there by half or twice, and `audit_verify` must find nothing. Ends with JSON; exit code 1 if anything is wrong.
"""

import argparse
import hashlib
import http.client
import http.cookiejar
import io
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
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from pathlib import Path

SENDERS = 4
# A sender whose connection broke tries the same draft again until it has its receipt, as a person would.
PATIENCE = 90.0
LONGEST_QUIET = 2.5
# About how long the last request takes on a busy machine.
LONGEST_SENDING = 0.15
VICTIMS = ("web", "database", "both", "one process")


class RefusedError(Exception):
    """The server answered, but not as it should: no crash explains that."""


# --- the server and its murderer --------------------------------------------------------------------------------------


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
            raise RefusedError("The server does not come back; its log tells more.")
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


# --- the people -------------------------------------------------------------------------------------------------------


def a_pdf(chance: random.Random) -> bytes:
    return b"%PDF-1.4\n% " + chance.randbytes(chance.randrange(2_000, 400_000)).hex().encode() + b"\n%%EOF\n"


def a_photo(chance: random.Random) -> bytes:
    from PIL import Image

    image = Image.frombytes("RGB", (160, 120), chance.randbytes(160 * 120 * 3)).resize((640, 480))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


class Browser:
    """A visitor with cookies, who fills in forms."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        address = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
        self.opener.addheaders = [("X-Forwarded-For", address), ("Accept-Language", "en")]

    def get(self, path: str) -> bytes:
        return self._open(urllib.request.Request(self.url + path))

    def post(self, path: str, fields: dict[str, str], files: list[tuple[str, bytes]] | None = None) -> bytes:
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "")
        fields = {"csrfmiddlewaretoken": token or "", **fields}
        if files is None:
            return self._open(
                urllib.request.Request(self.url + path, urllib.parse.urlencode(fields).encode())
            )
        edge = uuid.uuid4().hex
        body = io.BytesIO()
        for name, value in fields.items():
            body.write(
                f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            )
        for name, content in files:
            head = f'Content-Disposition: form-data; name="files"; filename="{name}"'
            body.write(f"--{edge}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
            body.write(content + b"\r\n")
        body.write(f"--{edge}--\r\n".encode())
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._open(urllib.request.Request(self.url + path, body.getvalue(), kind))

    def _open(self, request: urllib.request.Request) -> bytes:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            words = error.read()[:300]
            # While the database is away the server may say so; anything else is a fault of its own.
            if error.code >= 500:
                raise ConnectionError(error.code) from error
            raise RefusedError(f"{request.full_url} answered {error.code}: {words!r}") from error


class Sender(threading.Thread):
    """Sends one case after the other and keeps what it got back."""

    def __init__(
        self, number: int, url: str, seed: int, ending: threading.Event, sending: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.number, self.url, self.ending, self.sending = number, url, ending, sending
        self.chance = random.Random(seed * 1000 + number)
        self.tried: list[dict] = []
        self.faults: list[str] = []
        self.broken = 0

    def run(self) -> None:
        while not self.ending.is_set():
            try:
                self.one_case()
            except RefusedError as fault:
                self.faults.append(str(fault))
                return

    def one_case(self) -> None:
        text = f"Case {self.number}-{len(self.tried)} {uuid.uuid4()}: 路灯不亮，孩子放学看不见路。" * 3
        pdfs = [a_pdf(self.chance) for _ in range(self.chance.randrange(3))]
        photos = [a_photo(self.chance) for _ in range(self.chance.randrange(2))]
        told = {"text": text, "files": len(pdfs) + len(photos), "receipt": None}
        told["pdfs"] = [hashlib.sha256(content).hexdigest() for content in pdfs]
        self.tried.append(told)
        browser = Browser(self.url, self.chance)
        uploads = [(f"{n}.pdf", c) for n, c in enumerate(pdfs)] + [
            (f"{n}.jpg", c) for n, c in enumerate(photos)
        ]
        steps = [
            lambda: browser.get("/tell/matter/"),
            lambda: browser.post("/tell/matter/", {"text": text}),
            lambda: browser.post("/tell/service/", {"service": "unsure"}),
            *(lambda upload=upload: self.upload(browser, told, upload) for upload in uploads),
            lambda: browser.post("/tell/place/", {"place_text": "Lianhua Road 7"}),
            lambda: browser.post("/tell/contact/", {"anonymity": "nobody", "language": "zh-hans"}),
            lambda: (self.sending.set(), browser.post("/tell/send/", {})),
            lambda: told.update(receipt=json.loads(browser.get("/tell/sent/receipt.json"))),
        ]
        for step in steps:
            self.until_done(step)

    def upload(self, browser: Browser, told: dict, upload: tuple[str, bytes]) -> None:
        """Send one file unless an earlier try did so; after a broken connection the person looks at the page first."""
        page = browser.get("/tell/files/").decode()
        if page.count('name="remove"') <= told.get("uploaded", 0):
            browser.post("/tell/files/", {"more": "1"}, [upload])
        told["uploaded"] = told.get("uploaded", 0) + 1

    def until_done(self, step) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                step()
            except (OSError, http.client.HTTPException) as error:
                self.broken += 1
                if time.monotonic() > until:
                    raise RefusedError(f"No answer for {PATIENCE:.0f} s: {error}") from error
                time.sleep(0.2)
            else:
                return


# --- the inquest ------------------------------------------------------------------------------------------------------


def prepare() -> None:
    """The least that an installation must have set up: the channel “web”."""
    from django.core.management import call_command

    call_command("prepare")
    from huiyin.catalogue.models import Channel

    Channel.objects.get_or_create(code="web", defaults={"names": {"en": "web"}})


def inquest(tried: list[dict]) -> dict:
    """What is in the database and on the disk, compared with what the senders know."""
    from huiyin.audit import operations as audit
    from huiyin.audit import queries as log
    from huiyin.audit.models import Leaf, Record
    from huiyin.cases.models import Case
    from huiyin.kernel import clock

    audit.seal_records()
    audit.sign_tree_head()
    wrong: list[str] = []
    expected = {one["text"]: one for one in tried}
    cases = list(Case.objects.prefetch_related("files__file", "events"))
    found = Counter(case.text for case in cases)
    wrong += [f"twice: {text[:60]}" for text, count in found.items() if count > 1]
    for case in cases:
        wrong += [
            f"case {case.number}: {problem}" for problem in half(case, expected.get(case.text), Leaf, Record)
        ]
    if Leaf.objects.count() != len(cases):
        wrong.append(f"{Leaf.objects.count()} leaves for {len(cases)} cases")
    numbers = {case.number: case for case in cases}
    with_receipt = [one for one in tried if one["receipt"]]
    for one in with_receipt:
        number = one["receipt"]["opening"]["content"]["number"]
        if number not in numbers or numbers[number].text != one["text"]:
            wrong.append(f"LOST: {number}, although its sender has a receipt")
        verdict = log.verify_receipt(one["receipt"], now=clock.now(), fetch=public_log)
        if verdict.status != "proved":
            wrong.append(f"receipt of {number}: {verdict.problems}")
    findings = log.verify()
    wrong += [trouble.text for trouble in findings.troubles]
    files = sum(len(case.files.all()) for case in cases)
    return {
        "tried": len(tried),
        "receipts": len(with_receipt),
        "cases": len(cases),
        "files": files,
        "wrong": wrong,
    }


def half(case, told, leaves, records) -> list[str]:
    """What a case lacks."""
    problems = []
    if told is None:
        return ["nobody sent this text"]
    kept = [use.file for use in case.files.all()]
    if len(kept) != told["files"]:
        problems.append(f"{len(kept)} files instead of {told['files']}")
    hashes = set()
    for stored in kept:
        hashes.add(stored.sha256)
        problems += content_problems(stored)
    problems += [f"a file is not as it was sent: {sha}" for sha in told["pdfs"] if sha not in hashes]
    if not case.leaf_hash or not leaves.objects.filter(leaf_hash=bytes.fromhex(case.leaf_hash)).exists():
        problems.append("not in the log")
    if not any(event.action == "file" for event in case.events.all()):
        problems.append("no timeline")
    if not records.objects.filter(action="case.file", subject=f"case:{case.pk}").exists():
        problems.append("not in the audit trail")
    return problems


def content_problems(stored) -> list[str]:
    from django.core.files.storage import default_storage

    try:
        with default_storage.open(stored.key) as content:
            whole = content.read()
    except OSError:
        return ["the content of a file is gone"]
    return [] if hashlib.sha256(whole).hexdigest() == stored.sha256 else ["the content of a file is damaged"]


def public_log(address: str):
    """What the public addresses of the log would answer."""
    from django.test import Client

    answer = Client(SERVER_NAME="127.0.0.1").get(f"/log/{address}", headers={"accept": "application/json"})
    return answer.json() if answer.status_code == 200 else None


# --- the whole --------------------------------------------------------------------------------------------------------


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
        raise RefusedError(f"The server does not start: {(folder / 'server.log').read_text()[-2000:]}")
    ending, sending = threading.Event(), threading.Event()
    senders = [Sender(number, server.url, seed, ending, sending) for number in range(SENDERS)]
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
        sender.join(PATIENCE + 30)
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
            prepare()
        else:
            print(json.dumps(inquest(json.loads(Path(given.inquest).read_text()))))
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
