"""The command `similar_pairs` scores pairs of texts; it needs no database."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from huiyin.interop.analysis import similarity
from huiyin.interop.management import csv_command


class Command(csv_command.CsvCommand):
    help = (
        "Score how much pairs of texts speak of the same thing. "
        "PAIRS.csv needs the columns msg_a and msg_b; SCORES.csv is PAIRS.csv with a column score, 0 to 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("texts", metavar="TEXTS.csv", type=Path)
        parser.add_argument("pairs", metavar="PAIRS.csv", type=Path)
        parser.add_argument(
            "--id", metavar="COL", required=True, help="column of TEXTS.csv that PAIRS.csv names"
        )
        parser.add_argument("--text", metavar="COL[,COL]", required=True, help="columns of the text")
        parser.add_argument("--out", metavar="SCORES.csv", type=Path, required=True)

    def handle(self, *args: str, **options: Any) -> None:
        self.finish(
            lambda: similarity.score_pairs(
                options["texts"],
                options["pairs"],
                key=options["id"],
                text=options["text"],
                out=options["out"],
            )
        )
