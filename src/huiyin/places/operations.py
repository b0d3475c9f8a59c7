"""Writes about areas. Who may is checked above: this package knows no users (see `usecases.areas`)."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.kernel.errors import Invalid
from huiyin.places import logic
from huiyin.places.models import Area

HEADINGS = ("code", "name", "parent")
BATCH = 2_000


@dataclass(frozen=True)
class Imported:
    """What an import did; `faults` are the rows left out."""

    added: int
    renamed: int
    unchanged: int
    faults: Sequence[logic.Fault]


@transaction.atomic
def create_area(
    code: str, *, names: dict[str, str], shape: dict[str, Any] | None, point: tuple[float, float], actor: str
) -> Area:
    """Add one area with its outline (GeoJSON geometry, WGS-84) and its middle (latitude, longitude)."""
    area = Area.objects.create(code=code, names=names, shape=shape, lat=point[0], lon=point[1])
    audit.record("area.created", actor=actor, subject=f"area:{area.pk}", data={"code": code})
    return area


@transaction.atomic
def import_areas(text: str, *, actor: str, language: str = "zh-hans") -> Imported:
    """Add and rename areas from CSV with the columns code, name and parent (code of the area it is part of).

    Names are stored in `language`; names in other languages and areas that are not in the list stay. Rows that
    cannot be used are left out and told. The same list twice changes nothing. Refuses (Invalid) a text without
    these columns.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    try:
        if not {"code", "name"} <= set(reader.fieldnames or ()):
            raise Invalid(_("The first line must name the columns: code,name,parent."))
        stored = {area.code: area for area in Area.objects.all()}
        rows, faults = logic.read_rows(reader, stored)
    except csv.Error as error:
        raise Invalid(_("This is not a list with commas between its columns (CSV).")) from error
    added, renamed = _store(rows, stored, language)
    audit.record(
        "areas.imported", actor=actor, subject="areas:all", data={"added": added, "renamed": renamed}
    )
    return Imported(added, renamed, len(rows) - added - renamed, faults)


def _store(rows: Sequence[logic.Row], stored: dict[str, Area], language: str) -> tuple[int, int]:
    added, renamed = 0, []
    # Level by level: parents have their ids before their children are written.
    waiting = list(rows)
    while waiting:
        batch = [row for row in waiting if not row.parent or row.parent in stored]
        new = []
        for row in batch:
            parent = stored.get(row.parent)
            area = stored.get(row.code)
            if area is None:
                level = parent.level + 1 if parent else 0
                new.append(Area(code=row.code, names={language: row.name}, parent=parent, level=level))
            elif area.names.get(language) != row.name:
                area.names = {**area.names, language: row.name}
                renamed.append(area)
        added += len(Area.objects.bulk_create(new, batch_size=BATCH))
        stored.update({area.code: area for area in new})
        done = {row.code for row in batch}
        waiting = [row for row in waiting if row.code not in done]
    Area.objects.bulk_update(renamed, ["names"], batch_size=BATCH)
    return added, len(renamed)
