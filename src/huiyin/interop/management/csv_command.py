"""What the commands that read CSV files share: refusals as one sentence, figures as JSON on the last line."""

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from huiyin.interop.analysis import tables


class CsvCommand(BaseCommand):
    """A command on files alone; it touches no database."""

    requires_system_checks: list[str] = []

    def finish(self, run: Callable[[], dict[str, Any]]) -> None:
        """Run, print the figures, or say what is wrong with a file."""
        try:
            figures = run()
        except tables.BadTableError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self.stdout.write(json.dumps(figures, ensure_ascii=False))
