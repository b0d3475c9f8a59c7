"""`huiyin import_consultation`: a consultation from files in the layout of Polis exports."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.consultations.operations import importing
from huiyin.kernel.errors import Refusal
from huiyin.organisations import queries as organisations


class Command(BaseCommand):
    help = """Bring in a consultation from a folder with comments.csv, votes.csv (or participants-votes.csv) and
summary.csv, as one that has closed; with --statements-only its question and statements, as a draft."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("code", metavar="CODE", help="code of the new consultation, as in its address")
        parser.add_argument("--unit", metavar="UNIT", required=True, help="code of the unit that asks")
        parser.add_argument("--language", default="zh-hans", help="language of the texts (default: zh-hans)")
        parser.add_argument("--statements-only", action="store_true", help="no votes; begins a draft")

    def handle(self, *args: str, **options: Any) -> None:
        unit = organisations.units().filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"There is no unit {options['unit']}.")
        bring = importing.bring_statements if options["statements_only"] else importing.bring_closed
        try:
            done = bring(
                options["folder"],
                code=options["code"],
                unit=unit,
                language=options["language"],
                actor="system",
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"A file cannot be read: {error}.") from error
        for warning in done.warnings:
            self.stderr.write(warning)
        self.stdout.write(
            f"{done.statements} statements, {done.participants} participants, {done.votes} votes are in"
            f" {done.consultation.code}."
        )
