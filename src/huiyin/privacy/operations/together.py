"""One person's export across all their cases: a ZIP file with a page to read, a table, and each case with its files."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.kernel.errors import Missing
from huiyin.privacy import queries, readable
from huiyin.privacy.operations import exporting


@transaction.atomic
def export_cases(case_ids: Sequence[int], *, actor: str = "person", why: str = "") -> IO[bytes]:
    """A ZIP file of everything about these cases, at its start, on disk if it is large; the caller closes it.

    `index.html` can be read and printed, `cases.csv` is one line a case, each case has a folder with `case.json` and
    its files. In the active language. The caller has made sure that they are all of one person. Refuses (Missing) no
    case. Leaves an audit record for each case and one for the whole.
    """
    numbers = dict(
        queries.case_model()
        ._default_manager.filter(pk__in=case_ids)
        .order_by("pk")
        .values_list("pk", "number")
    )
    if not numbers:
        raise Missing(_("There is no such case."))
    target = tempfile.SpooledTemporaryFile(max_size=exporting.MEMORY)  # noqa: SIM115 -- the caller closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        told = []
        for pk, number in numbers.items():
            told.append(readable.Told.of(exporting.write_case(archive, pk, folder=f"{number}/")))
        archive.writestr("index.html", readable.page(told))
        archive.writestr("cases.csv", _table(told))
        archive.writestr("about.txt", _about())
    _record(list(numbers), actor=actor, why=why)
    target.seek(0)
    return target


def _table(told: Sequence[readable.Told]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(readable.headings())
    # A cell that begins like a formula would be one in a spreadsheet.
    writer.writerows([["'" + cell if cell[:1] in "=+-@" else cell for cell in one.line()] for one in told])
    return text.getvalue().encode("utf-8-sig")


def _about() -> str:
    first = _(
        "index.html can be read with any browser, cases.csv with a spreadsheet. Each case has a folder of its own.\n"
    )
    return f"{first}\n{exporting.about()}"


def _record(case_ids: Sequence[int], *, actor: str, why: str) -> None:
    audit.record_many(
        audit.Entry(
            "case.export", actor=actor, subject=f"case:{pk}", why=why, data={"together": len(case_ids)}
        )
        for pk in case_ids
    )
