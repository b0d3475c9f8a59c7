"""The published cases as files for everybody, once a day: CSV and Parquet, with dictionary, licence and checksums."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from huiyin.cases.enums import OPEN_STATES, Outcome, State
from huiyin.cases.queries import listed, opendata
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.kernel import clock
from huiyin.kernel.errors import Missing
from huiyin.usecases.bulk.writers import Format, open_writer

# Column: type, meaning. The first ones are those of Open311's bulk files, in their order; the others are ours.
DICTIONARY: Mapping[str, tuple[str, str]] = {
    "service_request_id": ("text", "Number of the case"),
    "status": ("text", "open or closed"),
    "status_notes": ("text", "The office's answer for everybody"),
    "service_name": ("text", "What it is about, in the installation's language"),
    "service_code": ("text", "Code of the service"),
    "description": ("text", "The checked public text; never the person's own words"),
    "agency_responsible": ("text", "The unit that works on it"),
    "service_notice": ("text", "Empty; the promise is expected_datetime"),
    "requested_datetime": ("moment", "When it was received"),
    "updated_datetime": ("moment", "When anything public happened last"),
    "expected_datetime": ("moment", "The first promised date, which never moves"),
    "address": ("text", "The place as published"),
    "address_id": ("text", "Empty; places have no numbers here"),
    "zipcode": ("text", "Empty; postcodes are not asked for"),
    "lat": ("number", "Latitude (WGS 84), rounded to about 100 m"),
    "long": ("number", "Longitude (WGS 84), rounded to about 100 m"),
    "media_url": ("text", "Page with the public pictures, where there are any"),
    "title": ("text", "Title of the public text"),
    "state": ("text", ", ".join(State.values)),
    "outcome": ("text", ", ".join(Outcome.values)),
    "kind": ("text", ", ".join(Kind.values)),
    "unit_code": ("text", "Code of the unit"),
    "area_code": ("text", "Code of the division"),
    "answered_at": ("moment", "When the last answer was given"),
    "closed_at": ("moment", "When it was closed"),
    "in_time": ("yes or no", "Whether the last answer came by the deadline in force"),
    "solved": ("text", "The person's own verdict: yes, partly, no, not_needed; empty where none was given"),
    "published_at": ("moment", "When it was published"),
    "supports": ("whole number", "How many others said that it concerns them too"),
    "url": ("text", "Its public page"),
}  # fmt: skip
NAMES = ("cases.csv", "cases.parquet", "dictionary.csv", "LICENCE.txt", "SHA256SUMS")
DAYS_KEPT = 31
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class Edition:
    """The files of one day: (name, bytes) each."""

    day: dt.date
    files: tuple[tuple[str, int], ...]


def publish() -> Edition:
    """Write today's files, unless they are there; they appear all at once and are never changed afterwards.

    Editions older than a month go: what was taken back from publication is in no file after that time.
    """
    folder, day = Path(settings.HUIYIN_OPEN_DATA), clock.today()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / day.isoformat()
    if not target.is_dir():
        made = Path(tempfile.mkdtemp(dir=folder, prefix="."))
        try:
            _write(made, day)
            # Another worker may have been quicker: then its files are the day's.
            with contextlib.suppress(OSError):
                made.rename(target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    _forget(folder, day)
    return edition(day)


def editions() -> list[Edition]:
    """What there is, newest first."""
    folder = Path(settings.HUIYIN_OPEN_DATA)
    days = sorted((one.name for one in folder.glob("*") if _DAY.fullmatch(one.name)), reverse=True)
    return [edition(dt.date.fromisoformat(day)) for day in days]


def edition(day: dt.date) -> Edition:
    """The files of a day; Missing where there are none."""
    folder = Path(settings.HUIYIN_OPEN_DATA) / day.isoformat()
    if not folder.is_dir():
        raise Missing
    return Edition(
        day, tuple((name, (folder / name).stat().st_size) for name in NAMES if (folder / name).is_file())
    )


def path(day: dt.date, name: str) -> Path:
    """Where a file of a day lies; Missing for any other name."""
    found = Path(settings.HUIYIN_OPEN_DATA) / day.isoformat() / name
    if name not in NAMES or not found.is_file():
        raise Missing
    return found


def licence() -> str:
    """The terms in one paragraph, as they lie beside the files."""
    name = settings.HUIYIN_CITY_NAME["en"]
    return (
        f"Published cases of {name} ({settings.HUIYIN_BASE_URL}). Licence: {settings.HUIYIN_OPEN_DATA_LICENCE}\n"
        "Texts were checked for personal data before publication; names, contact data and the people's own words are\n"
        "not in these files. Who finds personal data nevertheless is asked to tell the office.\n"
    )


def _write(folder: Path, day: dt.date) -> None:
    columns = list(DICTIONARY)
    with ExitStack() as stack:
        writers = [
            stack.enter_context(open_writer(folder / f"cases.{kind}", kind=kind, columns=columns))
            for kind in (Format.CSV, Format.PARQUET)
        ]
        for rows in _rows():
            for writer in writers:
                writer.write(rows)
    with (folder / "dictionary.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        table = csv.writer(handle)
        table.writerow(["column", "type", "meaning"])
        table.writerows([name, kind, meaning] for name, (kind, meaning) in DICTIONARY.items())
    (folder / "LICENCE.txt").write_text(f"{day.isoformat()}\n{licence()}", encoding="utf-8")
    sums = [f"{_sha256(folder / name)}  {name}\n" for name in NAMES if name != "SHA256SUMS"]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def _rows() -> Iterator[list[list[Any]]]:
    language = settings.LANGUAGE_CODE
    for records in opendata.chunks():
        pictures = listed.photos([row["case_id"] for row in records])
        yield [
            list(_values(row, language, has_picture=row["case_id"] in pictures).values()) for row in records
        ]


def _values(row: Mapping[str, Any], language: str, *, has_picture: bool) -> dict[str, Any]:
    url = f"{settings.HUIYIN_BASE_URL}/cases/{row['case__number']}/"
    found = {
        "service_request_id": row["case__number"],
        "status": "open" if row["case__state"] in {state.value for state in OPEN_STATES} else "closed",
        "status_notes": row["answer"],
        "service_name": catalogue.localised(row["service__current__public_names"] or {}, language),
        "service_code": row["service__code"] or "",
        "description": row["text"],
        "agency_responsible": catalogue.localised(row["case__unit__names"] or {}, language),
        "service_notice": "",
        "requested_datetime": row["requested_at"],
        "updated_datetime": row["updated_at"],
        "expected_datetime": row["case__promised_at"],
        "address": row["place_text"],
        "address_id": "",
        "zipcode": "",
        "lat": row["lat"],
        "long": row["lon"],
        "media_url": url if has_picture else "",
        "title": row["title"],
        "state": row["case__state"],
        "outcome": row["case__outcome"],
        "kind": row["case__kind"],
        "unit_code": row["case__unit__code"] or "",
        "area_code": row["area__code"] or "",
        "answered_at": row["case__answered_at"],
        "closed_at": row["case__closed_at"],
        "in_time": row["in_time"],
        "solved": row["solved"] or "",
        "published_at": row["published_at"],
        "supports": row["supports"],
        "url": url,
    }
    return {name: found[name] for name in DICTIONARY}


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _forget(folder: Path, today: dt.date) -> None:
    for old in folder.glob("*"):
        if _DAY.fullmatch(old.name) and dt.date.fromisoformat(old.name) < today - dt.timedelta(
            days=DAYS_KEPT
        ):
            shutil.rmtree(old)
