"""Registers of residents: none, or a list in a file that the city keeps."""

import csv
import hmac
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.consultations.ports import Question
from huiyin.kernel.ports import Health


class NoRegister:
    """The default: nobody can be checked."""

    def questions(self) -> tuple[Question, ...]:
        """Nothing is asked."""
        return ()

    def resident(self, answers: Mapping[str, str]) -> str:  # noqa: ARG002 -- the shape of the seam
        """Nobody."""
        return ""

    def check(self) -> Health:
        """Works, by doing nothing."""
        return Health(ok=True, detail=_("No register of residents is set up."))


class ListedResidents:
    """A CSV file with the columns `number` and `name`, read at each question: the city changes it as it likes."""

    def questions(self) -> tuple[Question, ...]:
        """Number and name as on the list."""
        return (
            Question("number", gettext_lazy("Number on your resident card")),
            Question("name", gettext_lazy("Name as on the card")),
        )

    def resident(self, answers: Mapping[str, str]) -> str:
        """The number, if number and name stand together on the list."""
        wanted = _plain(answers.get("number", "")), _plain(answers.get("name", ""))
        if not all(wanted):
            return ""
        found = ""
        for row in self._rows():
            same = hmac.compare_digest("\x1f".join(row).encode(), "\x1f".join(wanted).encode())
            found = row[0] if same else found
        return found

    def check(self) -> Health:
        """How many residents are listed."""
        try:
            count = sum(1 for _row in self._rows())
        except (OSError, UnicodeDecodeError, KeyError):
            return Health(ok=False, detail=_("The list of residents cannot be read."))
        return Health(ok=count > 0, detail=_("%(count)s residents are listed.") % {"count": count})

    def _rows(self) -> list[tuple[str, str]]:
        with Path(settings.HUIYIN_RESIDENTS).open(encoding="utf-8-sig", newline="") as file:
            return [(_plain(row["number"]), _plain(row["name"])) for row in csv.DictReader(file)]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
