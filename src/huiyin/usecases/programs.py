"""What programs of others do through the interfaces: they file cases for people, like the form does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.files import operations as files
from huiyin.kernel import statements
from huiyin.kernel.errors import Invalid
from huiyin.usecases import filing

if TYPE_CHECKING:
    from huiyin.accounts.operations.programs import Caller
    from huiyin.cases.operations import intake
    from huiyin.files.models import StoredFile


def file_case(
    new: intake.NewCase, *, contact: filing.ContactGiven, caller: Caller, tokens: Sequence[str] = ()
) -> intake.Filed:
    """File a case for a person, with files that were sent before. Recorded under the program's account.

    Refuses as `filing.file_case` does, and (Invalid) files that are not there and too many of them.
    """
    with statements.one_transaction():
        filed = filing.stored(replace(new, files=claimed(tokens)), contact=contact)
        audit.record(
            "case.filed_by_program",
            actor=f"user:{caller.user.pk}",
            subject=f"case:{filed.case.pk}",
            data={"program": caller.program_id},
        )
    return filed


def claimed(tokens: Sequence[str]) -> list[StoredFile]:
    """The files with these tokens, to be used now; refuses (Invalid) more than a case may have."""
    if len(tokens) > settings.HUIYIN_FILES_PER_CASE:
        message = _("At most %(most)s files can be sent with a case.") % {
            "most": settings.HUIYIN_FILES_PER_CASE
        }
        raise Invalid(message, fields={"files": message})
    return files.claim(tokens) if tokens else []
