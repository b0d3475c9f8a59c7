"""From the cells of one row to a case, or to the reasons why it cannot be one. No database: the directory is given."""

import datetime as dt
import json
import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from huiyin.cases.enums import State
from huiyin.cases.operations.imported import DEFAULT_OUTCOME, Imported
from huiyin.engines import tables
from huiyin.engines.text import repair
from huiyin.kernel import clock
from huiyin.usecases.bulk import standing, words
from huiyin.usecases.bulk.directory import Directory, plain
from huiyin.usecases.bulk.fields import CONTACT, Field
from huiyin.usecases.bulk.mapping import Mapping
from huiyin.usecases.bulk.plan import Fault

LONGEST_PLACE, LONGEST_REPLY, LONGEST_STATE = 300, 200_000, 50
SHOWN_OF_VALUE = 200
# Not even a blank at the end is taken away.
_AS_SENT = frozenset({Field.TEXT, Field.REPLY})
# What PostgreSQL's JSON cannot hold: NUL, and halves of surrogate pairs written as escapes.
_BAD_ESCAPES = re.compile(r"(?i)\\u(?:0000|d[89a-f])")
_DATES = {
    Field.ASSIGNED_AT: "assigned_at",
    Field.ACCEPTED_AT: "accepted_at",
    Field.CONTACTED_AT: "contacted_at",
    Field.PROMISED_AT: "promised_at",
    Field.DUE_AT: "due_at",
    Field.ANSWERED_AT: "answered_at",
    Field.CLOSED_AT: "closed_at",
}


def _mended(text: str, extra: dict[str, Any]) -> str:
    """The text with damage undone where that is certain; the original is kept, and what cannot be undone is marked."""
    found = repair.repair(text)
    if found.state is repair.State.REPAIRED and found.text.strip() and "\x00" not in found.text:
        extra[_("Text as it stood in the file")] = text
        return found.text
    if found.state is repair.State.DAMAGED:
        extra[_("Damaged text")] = _(
            "Characters were lost before the import; the text is as it stood in the file."
        )
    return text


class _BadCell(Exception):  # noqa: N818 -- caught a few lines below; never leaves this module
    def __init__(self, own: Field, reason: str) -> None:
        super().__init__(reason)
        self.own, self.reason = own, reason


@dataclass(slots=True)
class Converted:
    """A case, the contact data that go to the vault, and the names of services and units that nobody knows."""

    row: int
    case: Imported
    contact: tuple[str, str, str, str] | None
    unit_name: str = ""
    service_name: str = ""
    channel_name: str = ""


@dataclass
class Converter:
    """Turns rows of one file into cases."""

    mapping: Mapping
    directory: Directory
    longest_text: int
    silence: dt.timedelta
    language: str = "zh-hans"
    now: dt.datetime = field(default_factory=clock.now)

    def __post_init__(self) -> None:
        self.zone = zoneinfo.ZoneInfo(self.mapping.time_zone)
        self.order = tables.DateOrder(self.mapping.date_order)
        self.latest = self.now + dt.timedelta(days=1)
        columns = self.mapping.columns
        self.single = [(own, places[0]) for own, places in columns.items() if len(places) == 1]
        self.several = [(own, places) for own, places in columns.items() if len(places) > 1]
        self.has_text = Field.TEXT in columns or Field.TITLE in columns

    def convert(self, number: int, cells: Sequence[str]) -> Converted | Fault:
        """The case of one row, or the first thing that is wrong with it."""
        headers = self.mapping.headers
        if len(cells) > len(headers) and any(cell.strip() for cell in cells[len(headers) :]):
            spare = " | ".join(cells[len(headers) :])
            return Fault(number, "", spare[:SHOWN_OF_VALUE], _("There are more cells than headers."))
        if len(cells) < len(headers):
            cells = [*cells, *[""] * (len(headers) - len(cells))]
        values, extra = self._values(cells)
        try:
            return self._case(number, values, extra, cells)
        except _BadCell as bad:
            places = self.mapping.columns.get(bad.own, ())
            column = headers[places[0]] if places else str(bad.own.value)
            return Fault(number, column, values.get(bad.own, "")[:SHOWN_OF_VALUE], bad.reason)

    def _values(self, cells: Sequence[str]) -> tuple[dict[Field, str], dict[str, Any]]:
        """What each meaning says, and what is kept besides."""
        headers = self.mapping.headers
        values: dict[Field, str] = {}
        extra: dict[str, Any] = {}
        for own, place in self.single:
            text = cells[place].strip()
            if text:
                values[own] = cells[place] if own in _AS_SENT else text
        for own, places in self.several:
            filled = [place for place in places if cells[place].strip()]
            if filled:
                values[own] = cells[filled[0]].strip()
            # A second reading of the same meaning is not lost, and contradicts nothing.
            others = {headers[place]: cells[place].strip() for place in filled[1:]}
            extra |= {header: text for header, text in others.items() if text != values[own]}
        for place in self.mapping.extras:
            text = cells[place].strip()
            if text:
                extra[headers[place]] = text
        return values, extra

    def _case(
        self, number: int, values: dict[Field, str], extra: dict[str, Any], cells: Sequence[str]
    ) -> Converted:
        get = values.get
        if Field.EXTRAS in values:
            extra |= self._further(values[Field.EXTRAS])
        case = Imported(
            source=self.mapping.row_source(cells),
            external_id=self.mapping.external_id(cells),
            text=_mended(self._text(values), extra),
            received_at=self._received(values),
            channel_id=self.directory.import_channel,
            language=get(Field.LANGUAGE) or self.language,
            extra=extra,
        )
        self._name(case, Field.URGENCY, "urgency", words.URGENCIES, values, extra)
        found = Converted(number, case, self._contact(values))
        self._channel(found, values, extra)
        self._kind_and_service(found, values, extra)
        self._unit(found, values, extra)
        self._place(case, values, extra)
        self._anonymity(found, values)
        for own, name in _DATES.items():
            if own in values:
                setattr(case, name, self._date(own, values[own]))
        self._days(case, values)
        self._standing(case, values, extra)
        return found

    def _text(self, values: dict[Field, str]) -> str:
        title, body = values.get(Field.TITLE, ""), values.get(Field.TEXT, "")
        if title and body and not body.startswith(title):
            body = f"{title}\n{body}"
        body = body or title
        if not body and not self.has_text:
            # Some cities keep no words, only what it is about.
            body = values.get(Field.SERVICE, "")
        if not body:
            raise _BadCell(Field.TEXT, _("There is no text."))
        if len(body) > self.longest_text:
            reason = _("This text has %(count)s characters; at most %(most)s are kept.")
            raise _BadCell(Field.TEXT, reason % {"count": len(body), "most": self.longest_text})
        return body

    def _received(self, values: dict[Field, str]) -> dt.datetime:
        text = values.get(Field.RECEIVED_AT)
        if not text:
            return self.now
        at = self._date(Field.RECEIVED_AT, text)
        if at > self.latest:
            raise _BadCell(Field.RECEIVED_AT, _("This date is in the future."))
        return at

    def _date(self, own: Field, text: str) -> dt.datetime:
        try:
            return tables.parse_date(text, zone=self.zone, order=self.order)
        except tables.UnreadableDateError as error:
            reason = {
                "ambiguous": _(
                    "This date could mean two days. Say whether the day or the month comes first."
                ),
                "impossible": _("There is no such date."),
            }.get(str(error), _("This is not a date that can be read."))
            raise _BadCell(own, reason) from error

    def _further(self, text: str) -> dict[str, Any]:
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict) or _BAD_ESCAPES.search(text):
            raise _BadCell(Field.EXTRAS, _("This is not JSON."))
        return found

    def _channel(self, found: Converted, values: dict[Field, str], extra: dict[str, Any]) -> None:
        text = values.get(Field.CHANNEL, "")
        if not text:
            return
        known = self.directory.channels
        channel = known.get(plain(text)) or known.get(words.CHANNELS.get(words.plain(text), ""))
        if channel is None:
            found.channel_name = text
            extra[self._header(Field.CHANNEL)] = text
        else:
            found.case.channel_id = channel

    def _header(self, own: Field) -> str:
        return self.mapping.headers[self.mapping.columns[own][0]]

    def _name(
        self, case: Imported, own: Field, attribute: str, table: dict[str, str], values: dict[Field, str],
        extra: dict[str, Any],
    ) -> None:  # fmt: skip
        """Set a choice from its word; an unknown word is kept as it is."""
        text = values.get(own)
        if not text:
            return
        found = table.get(words.plain(text))
        if found:
            setattr(case, attribute, found)
        else:
            extra[self._header(own)] = text

    def _kind_and_service(self, found: Converted, values: dict[Field, str], extra: dict[str, Any]) -> None:
        """Files mix the two: "complaint" stands among topics, topics stand under "type"."""
        said = [(own, values[own]) for own in (Field.SERVICE, Field.KIND) if own in values]
        kinds = {own: words.KINDS.get(words.plain(text)) for own, text in said}
        for own, text in said:
            if kinds[own] or found.case.service_id or found.service_name:
                if not kinds[own]:
                    extra[self._header(own)] = text
                continue
            entry = self.directory.services.get(plain(text))
            if entry is None:
                entry = self.directory.services.get(plain(text).rpartition(" > ")[2])
            if entry is None:
                found.service_name = text
                extra[self._header(own)] = text
                continue
            case = found.case
            case.service_id, case.version_id, case.unit_id = entry.pk, entry.version_id, entry.unit_id
            case.kind = entry.kind
            if Field.URGENCY not in values:
                case.urgency = entry.urgency
        chosen = kinds.get(Field.KIND) or kinds.get(Field.SERVICE)
        if chosen:
            found.case.kind = chosen

    def _unit(self, found: Converted, values: dict[Field, str], extra: dict[str, Any]) -> None:
        text = values.get(Field.UNIT, "")
        if not text:
            return
        unit = self.directory.units.get(plain(text))
        if unit is None:
            found.unit_name = text
            extra[self._header(Field.UNIT)] = text
        else:
            found.case.unit_id = unit

    def _place(self, case: Imported, values: dict[Field, str], extra: dict[str, Any]) -> None:
        place, area = values.get(Field.PLACE, ""), values.get(Field.AREA, "")
        if area:
            case.area_id = self.directory.areas.get(plain(area))
            if case.area_id is None and self.mapping.is_guarded:
                extra["area"] = area
            elif case.area_id is None and area not in place:
                place = f"{area} {place}".strip()
        if len(place) > LONGEST_PLACE:
            extra["place"] = place
            place = place[:LONGEST_PLACE]
        case.place_text = place
        if Field.LAT in values and Field.LON in values:
            case.lat = self._degrees(Field.LAT, values, 90)
            case.lon = self._degrees(Field.LON, values, 180)

    def _degrees(self, own: Field, values: dict[Field, str], most: int) -> float:
        try:
            found = float(values[own].replace(",", "."))
        except ValueError as error:
            raise _BadCell(own, _("This is not a number.")) from error
        if not -most <= found <= most:
            raise _BadCell(own, _("There is no such place on Earth."))
        return found

    def _contact(self, values: dict[Field, str]) -> tuple[str, str, str, str] | None:
        given = [values.get(own, "") for own in CONTACT]
        kept = ["" if text.lower() in words.NOTHING else text for text in given]
        return (kept[0], kept[1], kept[2], kept[3]) if any(kept) else None

    def _anonymity(self, found: Converted, values: dict[Field, str]) -> None:
        text = words.plain(values.get(Field.ANONYMITY, ""))
        if not text:
            return
        exact = words.ANONYMITIES.get(text)
        if exact is None and text not in words.YES | words.NO:
            raise _BadCell(Field.ANONYMITY, _("Write yes or no."))
        if exact is None and text in words.YES:
            # Somebody who wants to stay unknown, and left a name all the same: only the dispatcher may know it.
            exact = "dispatcher" if found.contact else "nobody"
        found.case.anonymity = exact or "office"

    def _days(self, case: Imported, values: dict[Field, str]) -> None:
        text = values.get(Field.DAYS)
        if not text or case.answered_at:
            return
        try:
            days = float(text)
        except ValueError as error:
            raise _BadCell(Field.DAYS, _("This is not a number.")) from error
        if 0 <= days < 36_500:
            case.answered_at = case.received_at + dt.timedelta(days=days)

    def _standing(self, case: Imported, values: dict[Field, str], extra: dict[str, Any]) -> None:
        """State, outcome and reply, as far as the file says; never more than it says."""
        self._reply(case, values)
        state = self._state(values, extra)
        if self.mapping.is_guarded and state is not None:
            standing.keep(case, state)
        else:
            self._drop_impossible_ends(case, extra)
            standing.finish(case, state, now=self.now, silence=self.silence)
        if case.state in {State.ANSWERED, State.CLOSED}:
            case.outcome = DEFAULT_OUTCOME.value
            self._name(case, Field.OUTCOME, "outcome", words.OUTCOMES, values, extra)
        if case.state == State.NOT_ACCEPTED:
            self._name(case, Field.REASON, "reason", words.REASONS, values, extra)

    @staticmethod
    def _drop_impossible_ends(case: Imported, extra: dict[str, Any]) -> None:
        """A case cannot end before it came in: such a moment is kept as it was written, and not believed."""
        for name in ("answered_at", "closed_at"):
            at = getattr(case, name)
            if at is not None and at < case.received_at:
                extra[name] = at.isoformat()
                setattr(case, name, None)

    def _reply(self, case: Imported, values: dict[Field, str]) -> None:
        text = values.get(Field.REPLY, "")
        if len(text) <= LONGEST_STATE and words.plain(text) in words.STATES:
            values.setdefault(Field.STATE, text)
            return
        if len(text) > LONGEST_REPLY:
            reason = _("This text has %(count)s characters; at most %(most)s are kept.")
            raise _BadCell(Field.REPLY, reason % {"count": len(text), "most": LONGEST_REPLY})
        case.reply = text

    def _state(self, values: dict[Field, str], extra: dict[str, Any]) -> State | None:
        text = values.get(Field.STATE, "")
        if not text:
            return None
        found = words.STATES.get(words.plain(text))
        if found is None:
            extra[self._header(Field.STATE) if Field.STATE in self.mapping.columns else "state"] = text
        return State(found) if found else None
