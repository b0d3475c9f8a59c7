"""`huiyin export_cases`: cases into a file."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone
from tqdm import tqdm

from huiyin.accounts import queries as accounts
from huiyin.cases.enums import State
from huiyin.kernel.errors import Refusal
from huiyin.usecases.bulk import exporting
from huiyin.usecases.bulk.writers import Format


class Command(BaseCommand):
    help = """Write cases into a CSV, XLSX or Parquet file that import_cases reads again.

Without contact data, unless --contacts --as-user NAME --purpose WHY: then each person sees who took them and why.
Cells that a spreadsheet would run as a formula get an apostrophe before them (CSV, XLSX)."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=[own.value for own in Format], default="csv")
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)
        parser.add_argument(
            "--state", choices=State.values, action="append", help="may be given several times"
        )
        parser.add_argument("--unit", metavar="CODE", help="cases of this unit")
        parser.add_argument("--service", metavar="CODE", help="cases of this service")
        parser.add_argument("--source", help="cases that came from this source")
        parser.add_argument(
            "--from", metavar="DAY", dest="first", help="received on this day (2026-01-31) or later"
        )
        parser.add_argument("--until", metavar="DAY", dest="last", help="received on this day or before")
        parser.add_argument("--contacts", action="store_true", help="with name, phone, e-mail and address")
        parser.add_argument(
            "--as-user", metavar="NAME", default="", help="user name under whom it is recorded"
        )
        parser.add_argument("--purpose", default="", help="what the contact data are needed for")

    def handle(self, *args: str, **options: Any) -> None:
        actor = _actor(options["as_user"])
        out: Path = options["out"]
        given: dict[str, Any] = {"kind": Format(options["format"]), "where": _where(options)}
        try:
            with tqdm(unit=" cases", disable=not sys.stderr.isatty()) as bar:
                given["progress"] = lambda done: bar.update(done - bar.n)
                if not options["contacts"]:
                    count = exporting.export(out, actor=actor, **given)
                elif isinstance(actor, str):
                    raise CommandError("--contacts needs --as-user NAME: it is recorded who took the data.")
                else:
                    count = exporting.export_with_contacts(
                        out, user=actor, purpose=options["purpose"], **given
                    )
        except Refusal as refusal:
            raise CommandError(str(refusal) or f"{options['as_user']} may not do this.") from refusal
        except OSError as error:
            raise CommandError(f"{error.filename or out}: {error.strerror}") from error
        self.stdout.write(json.dumps({"exported": count}))


def _actor(name: str) -> accounts.Actor:
    if not name:
        return "system"
    user = accounts.by_username(name)
    if user is None:
        raise CommandError(f"There is no user {name}.")
    return user


def _where(options: dict[str, Any]) -> Q:
    where = Q()
    if options["state"]:
        where &= Q(state__in=options["state"])
    for name, path in {"unit": "unit__code", "service": "service__code", "source": "source"}.items():
        if options[name]:
            where &= Q(**{path: options[name]})
    if options["first"]:
        where &= Q(received_at__gte=_midnight(options["first"]))
    if options["last"]:
        where &= Q(received_at__lt=_midnight(options["last"]) + dt.timedelta(days=1))
    return where


def _midnight(day: str) -> dt.datetime:
    try:
        return timezone.make_aware(dt.datetime.fromisoformat(day))
    except ValueError as error:
        raise CommandError(f"{day} is not a day. Write it like 2026-01-31.") from error
