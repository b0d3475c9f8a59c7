"""`huiyin import_cases`: cases of another system, from a file."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from huiyin.accounts import queries as accounts
from huiyin.kernel.errors import Refusal
from huiyin.usecases.bulk import importing, workers
from huiyin.usecases.bulk import mapping as mappings


class Command(BaseCommand):
    # They load every screen there is, which costs more memory than the whole import; `check` and `serve` make them.
    requires_system_checks: list[str] = []
    help = """Bring in cases of another system from a CSV, XLSX or ODS file.

Encoding, delimiter and columns are found out; docs/how-to/import-cases.md tells how.
A row that is no case goes to FILE.errors.csv. Repeating the command changes nothing.
The last line is JSON: rows read, accepted, refused, unchanged."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--map",
            metavar="PRESET|FILE.toml",
            default="",
            help=f"known layouts: {_presets()}; or a mapping of your own",
        )
        parser.add_argument("--source", default="", help="name of the system that the cases come from")
        parser.add_argument("--create-units", action="store_true", help="create units that nobody knows yet")
        parser.add_argument(
            "--create-services", action="store_true", help="create services that nobody knows yet"
        )
        parser.add_argument(
            "--time-zone", default="", help="zone of times without one, such as Europe/Berlin"
        )
        parser.add_argument(
            "--date-order", choices=["day", "month"], default="", help="what comes first in 1/4/2019"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, store nothing")
        parser.add_argument(
            "--workers",
            type=int,
            default=None,
            help="processes besides this one (default: 2 for large files)",
        )
        parser.add_argument(
            "--as-user", metavar="NAME", default="", help="user name under whom it is recorded"
        )

    def handle(self, *args: str, **options: Any) -> None:
        path: Path = options["file"]
        chosen = importing.Options(
            map=options["map"],
            source=options["source"],
            time_zone=options["time_zone"],
            date_order=options["date_order"],
            creates_units=options["create_units"],
            creates_services=options["create_services"],
            is_rehearsal=options["dry_run"],
            workers=options["workers"],
        )
        try:
            self._tell_columns(path, chosen)
            figures = self._run(path, chosen, _actor(options["as_user"]))
        except (Refusal, workers.WorkerFailedError) as refusal:
            raise CommandError(str(refusal) or type(refusal).__name__) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename or path}: {error.strerror}") from error
        self.stdout.write(json.dumps(importing.as_dict(figures)))

    def _run(self, path: Path, options: importing.Options, actor: accounts.Actor) -> importing.Figures:
        with tqdm(total=1.0, disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar}| {postfix}") as bar:

            def show(figures: importing.Figures, part: float) -> None:
                bar.n = min(part, 1.0)
                bar.set_postfix(importing.as_dict(figures))

            return importing.run(path, options=options, actor=actor, progress=show)

    def _tell_columns(self, path: Path, options: importing.Options) -> None:
        """Say on stderr how each column will be read: the preview."""
        table = importing.open_file(path)
        found = importing.mapping_for(table, path, options)
        kind = f"{table.format} {table.encoding} {table.delimiter!r}" if table.encoding else table.format
        self.stderr.write(f"{path.name}: {kind}; source {found.source}; times of {found.time_zone}")
        for index, header in enumerate(table.headers):
            meanings = ", ".join(own.value for own in found.meanings(index))
            word = "unknown, kept as a further fact" if index in found.unknown else "kept as a further fact"
            self.stderr.write(f"  {header} -> {meanings or word}")


def _presets() -> str:
    return ", ".join(row.name for row in mappings.presets())


def _actor(name: str) -> accounts.Actor:
    if not name:
        return "system"
    user = accounts.by_username(name)
    if user is None:
        raise CommandError(f"There is no user {name}.")
    return user
