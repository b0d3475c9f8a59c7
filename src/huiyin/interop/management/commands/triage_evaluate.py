"""The command `triage_evaluate` tells how good triage would be on labelled texts; it needs no database."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from huiyin.interop.analysis import triage_evaluation
from huiyin.interop.management import csv_command


class Command(csv_command.CsvCommand):
    help = (
        "Tell how good triage would be on labelled texts of your own. "
        "Trains on TRAIN.csv and proposes for TEST.csv; with --folds and one file, for each part of it by the rest. "
        "The last line of output is JSON: n, accuracy, macro_f1, top3, ece, coverage_at_95, train_s, ms_per_text."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("train", metavar="TRAIN.csv", type=Path)
        parser.add_argument("test", metavar="TEST.csv", type=Path, nargs="?")
        parser.add_argument("--text", metavar="COL[,COL]", required=True, help="columns of the text")
        parser.add_argument("--label", metavar="COL", required=True, help="column of the right answer")
        parser.add_argument("--folds", metavar="N", type=int, default=0, help="cross-validate on one file")

    def handle(self, *args: str, **options: Any) -> None:
        if bool(options["test"]) == bool(options["folds"]):
            raise CommandError("Give either TEST.csv or --folds.")
        self.finish(
            lambda: triage_evaluation.run(
                options["train"],
                options["test"],
                text=options["text"],
                label=options["label"],
                folds=options["folds"],
            )
        )
