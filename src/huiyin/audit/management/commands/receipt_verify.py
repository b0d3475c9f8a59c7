"""The command `receipt_verify` lets anyone check a receipt; it needs no database and no account."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.audit import queries
from huiyin.kernel import clock

LARGEST = 4 * 1024 * 1024
SECONDS = 20


class Command(BaseCommand):
    help = (
        "Check that a receipt is in the public log and that the log's history was not rewritten. "
        "The last line is JSON; the exit code is 1 if anything does not match."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the receipt, as it was downloaded")
        parser.add_argument("--against", metavar="URL", help="address of the installation whose log is asked")
        parser.add_argument(
            "--key", metavar="HEX", help="public key of the log, as noted earlier or printed elsewhere"
        )

    def handle(self, *args: str, **options: Any) -> None:
        if not options["against"] and not options["key"]:
            raise CommandError("Give --against URL to ask the log, or --key HEX to check offline.")
        verdict = queries.verify_receipt(
            _read(Path(options["file"])),
            now=clock.now(),
            public_key=_key(options["key"]),
            fetch=_fetch(options["against"]) if options["against"] else None,
        )
        for problem in verdict.problems:
            self.stdout.write(problem)
        if not verdict.problems:
            self.stdout.write(_good_news(verdict.status, asked=bool(options["against"])))
        self.stdout.write(json.dumps({"ok": not verdict.problems, **asdict(verdict)}, ensure_ascii=False))
        if verdict.problems:
            raise SystemExit(1)


def _good_news(status: str, *, asked: bool) -> str:
    if status == "promised":
        return "The receipt holds a signed promise; its place in the log is not there yet. Check again in a minute."
    if asked:
        return "The case is in the log, and the log's newest tree head continues the one of the receipt."
    return (
        "The case is in the signed tree of the receipt. Use --against to see that the log still continues it."
    )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError:
        return None  # judged like every other file that is no receipt


def _key(text: str | None) -> bytes | None:
    try:
        return bytes.fromhex(text) if text else None
    except ValueError as error:
        raise CommandError("--key must be a public key in hexadecimal.") from error


def _fetch(base: str) -> Callable[[str], Any]:
    if urlsplit(base).scheme not in {"http", "https"}:
        raise CommandError("--against must be an address that begins with https:// or http://.")
    root = base.rstrip("/").removesuffix("/log") + "/log/"

    def fetch(address: str) -> Any:
        """The JSON at the address below /log/; None if the log says that there is no such thing."""
        request = urllib.request.Request(root + address, headers={"Accept": "application/json"})  # noqa: S310 -- checked above
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 -- checked above
                return json.loads(answer.read(LARGEST))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise CommandError(f"{root}{address} answered {error.code}.") from error
        except (OSError, ValueError) as error:
            raise CommandError(f"{root}{address} cannot be read: {error}.") from error

    return fetch
