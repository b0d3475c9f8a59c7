"""Taking along and taking back: export, erase, anonymise, delete."""

from huiyin.privacy.operations.erasing import erase_case
from huiyin.privacy.operations.exporting import export_case
from huiyin.privacy.operations.retention import anonymise_due, delete_due
from huiyin.privacy.operations.together import export_cases

__all__ = ["anonymise_due", "delete_due", "erase_case", "export_case", "export_cases"]
