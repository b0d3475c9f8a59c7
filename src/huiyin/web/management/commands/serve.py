"""`huiyin serve`: the web server and its workers beside it, as one process to start and stop."""

import os
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser

from huiyin.web.components.supervisor import Child, Supervisor

_ANNOUNCED_WITHIN = 120  # seconds
WORKER_NICENESS = 10
QUEUES = ("default", "proposals")
# Of each web process; each takes a file descriptor, of which systems often give 1,024.
CONNECTIONS = 500


class Command(BaseCommand):
    help = "Serve Huiyin: web and workers, after bringing the database up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument(
            "--workers",
            type=int,
            default=min(4, os.cpu_count() or 1),
            help="web processes (default: one a core, ≤ 4)",
        )
        parser.add_argument(
            "--threads", type=int, default=4, help="requests at once in each web process (default 4)"
        )
        parser.add_argument(
            "--no-worker", action="store_true", help="no jobs here: `huiyin worker` runs elsewhere"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT, then stop all within five seconds; ends with an error if the web server dies."""
        check_free(options["host"], options["port"])
        call_command("prepare")
        if settings.HUIYIN_DEMO and "demo" in get_commands():
            call_command("demo")
        children = [Child("web", web_command(options), may_restart=False)]
        if not options["no_worker"]:
            children += [worker(queue) for queue in QUEUES]
        threading.Thread(target=self._announce, args=(options["host"], options["port"]), daemon=True).start()
        failed = Supervisor(children).run()
        if failed:
            raise CommandError(f"The {failed} process ended; its last words are above.")

    def _announce(self, host: str, port: int) -> None:
        """Say where it listens once it does: whoever opens the address at once finds a page, not a refusal."""
        reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- asked, not listened on
        for _attempt in range(_ANNOUNCED_WITHIN * 5):
            with suppress(OSError), socket.create_connection((reached, port), timeout=1):
                self.stdout.write(f"Huiyin listens on http://{host}:{port} — Ctrl-C stops it.")
                self.stdout.flush()
                return
            time.sleep(0.2)


def worker(queue: str) -> Child:
    """A process for the jobs of one queue.

    Proposals have one of their own: jobs of one process share the interpreter's lock, and a count of figures or a
    search for topics would hold up whoever waits for a proposal. Whoever waits for a page comes before all jobs.
    """
    command = (sys.executable, "-m", "huiyin.config.main", "worker", f"--queues={queue}")
    return Child(f"worker of {queue}", command, may_restart=True, niceness=WORKER_NICENESS)


def check_free(host: str, port: int) -> None:
    """Refuse an address that somebody listens on: the web server itself would quietly share it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port."
            ) from error


def web_command(options: dict[str, Any]) -> tuple[str, ...]:
    """Command line of the web server.

    Bodies are streamed to the application, whose upload handler stops reading at the limit; threads bound how many are
    read at once. Granian's "backpressure" bounds connections, not requests, and a browser keeps some open that do
    nothing: with few of them the idle would keep everybody else out.
    """
    workers, threads = options["workers"], options["threads"]
    return (
        sys.executable, "-m", "granian", "--interface", "wsgi",
        "--host", options["host"], "--port", str(options["port"]),
        "--workers", str(workers), "--blocking-threads", str(threads), "--backpressure", str(CONNECTIONS),
        "--http", "1", "--no-ws", "--http1-header-read-timeout", "15000",
        "--respawn-failed-workers", "--workers-kill-timeout", "3", "--log-level", "warning",
        "huiyin.config.served:application",
    )  # fmt: skip
