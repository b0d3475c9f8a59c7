"""The command `hot_topics` finds what many messages are about; it needs no database."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from huiyin.interop.analysis import similarity
from huiyin.interop.management import csv_command


class Command(csv_command.CsvCommand):
    help = "Find the things that many messages speak of. TOPICS.csv has id, topic and title; rows without topic empty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--id", metavar="COL", required=True, help="column that names a message")
        parser.add_argument(
            "--text", metavar="COL[,COL]", required=True, help="columns of the text, a title first"
        )
        parser.add_argument(
            "--time", metavar="COL", default="", help="column of the time; orders topics of one size"
        )
        parser.add_argument("--out", metavar="TOPICS.csv", type=Path, required=True)

    def handle(self, *args: str, **options: Any) -> None:
        self.finish(
            lambda: similarity.find_topics(
                options["file"],
                key=options["id"],
                text=options["text"],
                out=options["out"],
                when=options["time"],
            )
        )
