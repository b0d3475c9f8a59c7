"""The seam of the file scanner: something that looks into a file before it is kept."""

from typing import BinaryIO, Protocol

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import Refusal
from huiyin.kernel.ports import Health


class ScannerDown(Refusal):
    """The scanner gave no verdict. The file is not kept: a file that nobody looked at is not accepted in silence."""

    status = 503
    code = "scanner_down"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Files cannot be checked for viruses at this moment. "
                "Try again in a few minutes, or send without the file."
            )
        )


class Scanner(Protocol):
    """Looks into files. Every implementation passes tests/contracts/test_scanners.py."""

    def scan(self, file: BinaryIO) -> str:
        """Name of what was found, "" for nothing. Reads from the start of `file`. Raises ScannerDown, nothing else."""

    def check(self) -> Health:
        """Whether it can work now, for the health page. Never raises."""
