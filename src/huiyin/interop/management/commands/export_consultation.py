"""`huiyin export_consultation`: a consultation as files, in the layout of Polis exports."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.consultations.queries import exports, lists
from huiyin.kernel.errors import Refusal


class Command(BaseCommand):
    help = """Write a consultation as a ZIP file: comments.csv, votes.csv, participants-votes.csv and summary.csv in the
layout of Polis exports, the results as CSV and JSON, and a note from which every number can be recomputed.
Refuses while the results are hidden."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="code of the consultation, as in its address")
        parser.add_argument("out", metavar="OUT.zip", type=Path)

    def handle(self, *args: str, **options: Any) -> None:
        row = lists.by_code(options["code"])
        if row is None:
            raise CommandError(f"There is no consultation {options['code']}.")
        try:
            with exports.archive(row) as packed:
                options["out"].write_bytes(packed.read())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self.stdout.write(f"{options['out']} is written.")
