"""`huiyin demo`: build the demonstration city where there is none, and say how to sign in."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from huiyin.usecases.demo import build, city

SIGN_IN = [
    ("operator", "desk operator 坐席"),
    ("dispatcher", "dispatcher 派单员"),
    ("officer", "case officer 经办人"),
    ("head", "unit head 科室负责人"),
    ("supervisor", "supervisor 督办"),
    ("arbiter", "arbiter 裁定人"),
    ("administrator", "administrator 管理员"),
    ("auditor", "auditor 审计"),
]


class Command(BaseCommand):
    help = "Build the demonstration city (invented people, 600 cases) and print the sign-ins of each role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=build.CASES, help="how many cases (default 600)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside a demonstration: invented cases do not belong beside real ones."""
        if not settings.HUIYIN_DEMO:
            raise CommandError("Set HUIYIN_DEMO=1 and a data folder of its own (make demo does both).")
        call_command("prepare")
        if build.is_empty():
            count = options["cases"]
            bar = tqdm(total=count, desc="Demonstration city", unit=" cases", file=sys.stderr, disable=None)
            build.build(cases=count, progress=lambda _done: bar.update())
            bar.close()
        elif not build.is_whole():
            raise CommandError(
                "The building of this city was broken off, so it is not whole. Delete its data "
                f"({settings.DATA}, and the database if it is another server's) and start again."
            )
        self.stdout.write(
            "\nSign in at /desk/ with one of these names; the password of all is " + city.PASSWORD
        )
        for name, role in SIGN_IN:
            self.stdout.write(f"  {name:<14} {role}")
        self.stdout.write("")
        self.stdout.flush()
