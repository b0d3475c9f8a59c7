"""`huiyin worker`: runs the jobs in the queue; start it on as many machines as needed."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

LOOKING_SECONDS = 0.5


class Command(BaseCommand):
    help = "Run background jobs (deadlines, notices, the public log); any number of machines may do so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at once (default 4)")
        parser.add_argument(
            "--queues", default="", help="only jobs of these: default, proposals (default: all of them)"
        )
        parser.add_argument("--once", action="store_true", help="end when no job is waiting")

    def handle(self, *args: Any, concurrency: int, queues: str, once: bool, **options: Any) -> None:
        """Run until told to stop; a job in work has three seconds to end, then it is tried again later."""
        # The embedded server is started by Django's connection; the worker's own ones only join.
        connection.ensure_connection()
        connection.close()
        call_command(
            "procrastinate",
            "worker",
            f"--concurrency={concurrency}",
            f"--queues={queues}",
            # A job is announced when it is queued, not when the one that locked it out has ended: that is only found by
            # looking.
            f"--fetch-job-polling-interval={LOOKING_SECONDS}",
            "--delete-jobs=successful",
            "--shutdown-graceful-timeout=3",
            *(["--one-shot"] if once else []),
        )
