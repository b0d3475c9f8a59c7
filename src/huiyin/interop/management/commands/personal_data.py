"""The command `personal_data` finds personal data in a column of texts; it needs no database."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from huiyin.interop.analysis import similarity
from huiyin.interop.management import csv_command


class Command(csv_command.CsvCommand):
    help = (
        "Find personal data in a column of texts. "
        "SPANS.csv has row (0 is the first after the header), start, end (characters, end not included) and type."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--text", metavar="COL", required=True, help="column of the text")
        parser.add_argument("--out", metavar="SPANS.csv", type=Path, required=True)

    def handle(self, *args: str, **options: Any) -> None:
        self.finish(
            lambda: similarity.find_personal_data(options["file"], text=options["text"], out=options["out"])
        )
