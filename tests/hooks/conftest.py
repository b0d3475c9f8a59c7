"""A receiver that can be told to fail, and remembers what it took as a good receiver does: by the id."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from huiyin.hooks.operations import setting_up


@dataclass
class Receiver:
    """`answers`: what it does with the next requests ("ok" when there is nothing more), one of ok, 500, 410, 302,
    take-and-die (takes the message, then closes without a word), sleep."""

    answers: list[str] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    server: Any = None
    sleep: float = 1.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in?from=huiyin"

    def start(self, port: int = 0) -> None:
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append((headers, body))
                answer = receiver.answers.pop(0) if receiver.answers else "ok"
                if answer in {"ok", "take-and-die"}:
                    receiver.taken.setdefault(headers["webhook-id"], json.loads(body))
                if answer == "sleep":
                    time.sleep(receiver.sleep)
                if answer in {"take-and-die", "sleep"}:
                    self.close_connection = True
                    return
                self.send_response({"ok": 204}.get(answer) or int(answer))
                if answer == "302":
                    self.send_header("Location", receiver.url)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def die(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def order(self) -> dict[str, list[int]]:
        """For each case the revisions in the order in which they were first taken."""
        found: dict[str, list[int]] = {}
        for payload in self.taken.values():
            if "case" in payload["data"]:
                found.setdefault(payload["data"]["case"], []).append(payload["data"]["revision"])
        return found


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.HUIYIN_REACH_PRIVATE = True
    found = Receiver()
    found.start()
    yield found
    found.die()


@pytest.fixture
def hook(db: None, receiver: Receiver, django_capture_on_commit_callbacks: Any) -> Any:
    return made(receiver)


def made(receiver: Receiver, **terms: Any) -> Any:
    from django.core.cache import caches

    given = {"name": "Mirror", "url": receiver.url} | terms
    row, _secret = setting_up.create(setting_up.Terms(**given), actor="system")
    caches["local"].clear()  # what happens after the commit
    return row
