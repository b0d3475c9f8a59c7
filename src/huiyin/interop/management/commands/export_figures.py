"""`huiyin export_figures`: the rows behind the figures into a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.accounts import queries as accounts
from huiyin.kernel.errors import Refusal
from huiyin.usecases.bulk import evidence


class Command(BaseCommand):
    help = """Write what the figures are counted from into a CSV file.

One row for each answer, and one for a case without an answer: dates, codes, verdicts. No text and no contact data."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)
        parser.add_argument(
            "--as-user", metavar="NAME", default="", help="user name whose rights hold and who is recorded"
        )

    def handle(self, *args: str, **options: Any) -> None:
        actor: accounts.Actor = "system"
        if options["as_user"]:
            user = accounts.by_username(options["as_user"])
            if user is None:
                raise CommandError(f"There is no user {options['as_user']}.")
            actor = user
        try:
            count = evidence.export(options["out"], actor=actor)
        except Refusal as refusal:
            raise CommandError(str(refusal) or f"{options['as_user']} may not do this.") from refusal
        except OSError as error:
            raise CommandError(f"{error.filename or options['out']}: {error.strerror}") from error
        self.stdout.write(json.dumps({"exported": count}))
