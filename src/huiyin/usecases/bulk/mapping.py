"""Which column means what: recognised by headers, taken from a preset, or said by hand; and presets as TOML files."""

import hashlib
import re
import tomllib
import zoneinfo
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.engines.tables import DateOrder
from huiyin.kernel.errors import Invalid
from huiyin.usecases.bulk import fields
from huiyin.usecases.bulk.fields import Field

PRESETS = Path(__file__).parent / "presets"
LONGEST_SOURCE = 50


@dataclass(frozen=True)
class Preset:
    """A known layout: its source, zone, order of dates, and the meaning of its columns by header."""

    name: str = ""
    title: str = ""
    source: str = ""
    time_zone: str = ""
    date_order: str = ""
    language: str = ""
    columns: Dict[str, tuple[Field, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """Every column of one file with its meanings, and how its values are read. Picklable: workers get it."""

    source: str
    headers: tuple[str, ...]
    # For each meaning the columns that hold it, the strongest claim first.
    columns: Dict[Field, tuple[int, ...]]
    extras: tuple[int, ...]
    unknown: tuple[int, ...]
    time_zone: str
    date_order: str = ""
    language: str = ""

    @property
    def is_guarded(self) -> bool:
        """Whether the file is an export of ours, in which cells are guarded against being run as formulas."""
        return {"number", "source", "external_id", "received_at", "text", "extra"} <= set(self.headers)

    @property
    def has_id(self) -> bool:
        """Whether a column names each row; otherwise its content does."""
        return Field.EXTERNAL_ID in self.columns or Field.NUMBER in self.columns

    def meanings(self, index: int) -> tuple[Field, ...]:
        """The meanings of one column."""
        return tuple(own for own, places in self.columns.items() if index in places)

    def external_id(self, cells: Sequence[str]) -> str:
        """The id of a row in its source: the first id that is filled, else a fingerprint of the whole row."""
        for own in (Field.EXTERNAL_ID, Field.NUMBER):
            for place in self.columns.get(own, ()):
                text = cells[place].strip() if place < len(cells) else ""
                if text:
                    return text if len(text) <= 100 else f"sha256:{_hash(text)}"
        return f"row:{_hash(chr(31).join(cells))}"

    def row_source(self, cells: Sequence[str]) -> str:
        """The source that a row names itself (an export of ours does), else that of the file."""
        for place in self.columns.get(Field.SOURCE, ()):
            if place < len(cells) and cells[place].strip():
                return cells[place].strip()[:LONGEST_SOURCE]
        return self.source


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def own_source() -> str:
    """The name under which this installation's own cases stand in its exports."""
    host = settings.HUIYIN_BASE_URL.partition("://")[2] or settings.HUIYIN_BASE_URL
    return str(host)[:LONGEST_SOURCE]


def source_of(path: Path) -> str:
    """The source of a file that nobody named: its name without ending."""
    return re.sub(r"[^\w.\-]+", "-", path.stem).strip("-")[:LONGEST_SOURCE] or "file"


def build(
    headers: Sequence[str],
    *,
    source: str,
    preset: Preset | None = None,
    chosen: Dict[int, Field] | None = None,
    time_zone: str = "",
    date_order: str = "",
) -> Mapping:
    """The mapping of a file with these headers: what was chosen by hand, then the preset, then what headers say."""
    preset = preset or Preset()
    chosen = chosen or {}
    claims: dict[Field, list[tuple[int, int]]] = {}
    extras, unknown = [], []
    for index, header in enumerate(headers):
        meanings, rank = _meanings(index, header, preset, chosen)
        if meanings is None:
            unknown.append(index)
            meanings = (Field.EXTRA,)
        for own in meanings:
            if own is Field.EXTRA:
                extras.append(index)
            elif own is not Field.IGNORE:
                claims.setdefault(own, []).append((rank, index))
    columns = {own: tuple(index for _rank, index in sorted(found)) for own, found in claims.items()}
    zone = time_zone or preset.time_zone or settings.TIME_ZONE
    _check(zone, source)
    return Mapping(
        source=source,
        headers=tuple(headers),
        columns=columns,
        extras=tuple(extras),
        unknown=tuple(unknown),
        time_zone=zone,
        date_order=DateOrder(date_order or preset.date_order).value,
        language=preset.language,
    )


def _meanings(
    index: int, header: str, preset: Preset, chosen: Dict[int, Field]
) -> tuple[tuple[Field, ...] | None, int]:
    if index in chosen:
        return (chosen[index],), 0
    if header in preset.columns:
        return preset.columns[header], list(preset.columns).index(header)
    found = fields.recognise(header)
    # What a preset says goes before what a header seems to say.
    return (None, 0) if found is None else ((found[0],), found[1] + len(preset.columns))


def _check(zone: str, source: str) -> None:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(_("There is no time zone %(zone)s.") % {"zone": zone}) from error
    if not source or len(source) > LONGEST_SOURCE:
        raise Invalid(_("The name of the source has 1 to %(most)d characters.") % {"most": LONGEST_SOURCE})


def presets() -> list[Preset]:
    """The presets that come with Huiyin, by name."""
    return [_load(path) for path in sorted(PRESETS.glob("*.toml"))]


def preset(name: str) -> Preset:
    """The preset of this name, or the one in the TOML file of this path. Refuses (Invalid) what is neither."""
    path = PRESETS / f"{name}.toml"
    if not re.fullmatch(r"[\w-]+", name) or not path.is_file():
        path = Path(name)
    if not path.is_file():
        known = ", ".join(row.name for row in presets())
        raise Invalid(
            _("There is no preset %(name)s, and no such file. Presets: %(known)s.")
            % {"name": name, "known": known}
        )
    return _load(path)


def _load(path: Path) -> Preset:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        columns = {header: _fields(meaning) for header, meaning in raw.pop("columns", {}).items()}
        DateOrder(raw.get("date_order", ""))
        return Preset(name=path.stem, columns=columns, **raw)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError) as error:
        raise Invalid(
            _("The mapping %(file)s cannot be read: %(error)s") % {"file": path.name, "error": error}
        ) from error


def _fields(meaning: Any) -> tuple[Field, ...]:
    return tuple(Field(text) for text in ([meaning] if isinstance(meaning, str) else meaning))


def fitting(headers: Sequence[str]) -> Preset | None:
    """The preset whose columns all stand in the file, if there is one."""
    for row in presets():
        if set(row.columns) <= set(headers):
            return row
    return None
