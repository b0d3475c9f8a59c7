"""Counting the year again by other means than the product's own, and saying what differs (see `year.py`).

Figures are counted in plain Python from the file that `export_figures` writes; clocks from the rows of the timeline and
the calendars. Nothing here calls the product's counting or its clocks.
"""

import csv
import datetime as dt
import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from huiyin.cases.enums import Action, Level
from huiyin.cases.models import Case
from huiyin.engines import worktime
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.scorecards import queries as scorecards
from huiyin.scorecards.enums import Period
from huiyin.usecases.bulk import evidence

Row = dict[str, Any]
SILENCE = dt.timedelta(days=14)
RATES = {
    "on_time": ("in_time", "due"),
    "response": ("contacted", "contacted_due"),
    "resolution": ("solved_points", "reached"),
    "satisfaction": ("satisfied", "reached"),
    "not_reached": ("silent", "silent_or_reached"),
    "reopening": ("reopenings", "answers"),
}
MOMENTS = ("received_at", "promised_at", "contact_due_at", "contacted_at", "sent_at")


def figures(folder: Path, *, end: dt.datetime) -> list[str]:
    """What differs between the figures, their page and a count of the exported file."""
    path = folder / "figures.csv"
    with clock.turned_to(end):
        evidence.export(path, actor="system")
        rows = list(_read(path))
        faults: list[str] = []
        for period in Period:
            shown = scorecards.figures(period)
            if shown is None:
                return [f"no figures for {period}"]
            faults += [f"{period.label}: {fault}" for fault in _period(rows, shown, period, end)]
            faults += [f"{period.label}, page: {fault}" for fault in _page(rows, period, end)]
    return faults


def _read(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            moments = {name: dt.datetime.fromisoformat(row[name]) if row[name] else None for name in MOMENTS}
            again = [dt.datetime.fromisoformat(at) for at in row["reopened_at"].split()]
            numbers = {
                name: int(row[name])
                for name in ("reopened", "answer", "satisfaction", "left_out", "called_in_vain")
            }
            yield row | moments | numbers | {"reopened_at": again}


def _period(rows: list[Row], shown: Any, period: Period, end: dt.datetime) -> Iterator[str]:
    begin = end - dt.timedelta(days=int(period.value))
    before = begin - dt.timedelta(days=int(period.value))
    yield from _differences("all", _counted(rows, begin, end), shown.total)
    yield from _differences("before", _counted(rows, before, begin), shown.before)
    for name, lines in (("unit", shown.units), ("service", shown.services)):
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            groups[row[name]].append(row)
        known = {line.code: line.counts for line in lines}
        for code, own in groups.items():
            counted = _counted(own, begin, end)
            if code and (code in known or any(counted.values())):
                yield from _differences(f"{name} {code}", counted, known.get(code, scorecards.Counts()))


def _counted(rows: Iterable[Row], begin: dt.datetime, end: dt.datetime) -> dict[str, float]:
    """Every count of one period, from the rows of the file."""
    found: dict[str, float] = defaultdict(int)
    days: list[float] = []
    for row in rows:
        if row["answer"] <= 1:
            _of_case(row, found, begin, end)
        if row["answer"] and begin <= row["sent_at"] < end:
            _of_answer(row, found, end)
            if row["answer"] == 1:
                days.append((row["sent_at"] - row["received_at"]).total_seconds() / 86_400)
    found["median_days"] = statistics.median(days) if days else 0
    found["reached"] = sum(found[name] for name in ("yes", "partly", "no", "not_needed"))
    found["solved_points"] = found["yes"] + found["partly"] / 2
    found["silent_or_reached"] = found["silent"] + found["reached"]
    return found


def _of_case(row: Row, found: dict[str, float], begin: dt.datetime, end: dt.datetime) -> None:
    """What is counted once for a case: in the row of its first answer, or the only one it has."""
    if begin <= row["received_at"] < end:
        found["received"] += 1
        found["reopened"] += row["reopened"] > 0
    if (
        row["promised_at"]
        and begin <= row["promised_at"] < end
        and row["state"] not in {"withdrawn", "not_accepted"}
    ):
        found["due"] += 1
        found["in_time"] += row["in_time"] == "1"
        found["contacted_due"] += row["contact_due_at"] is not None
        found["contacted"] += bool(
            row["contact_due_at"] and row["contacted_at"] and row["contacted_at"] <= row["contact_due_at"]
        )
    found["reopenings"] += sum(begin <= at < end for at in row["reopened_at"])


def _of_answer(row: Row, found: dict[str, float], end: dt.datetime) -> None:
    found["answers"] += 1
    if row["left_out"]:
        found["excluded"] += 1
    elif row["solved"]:
        found[row["solved"]] += 1
        found["satisfied"] += row["satisfaction"] >= 4
    else:
        found["silent" if row["sent_at"] < end - SILENCE else "waiting"] += 1
        found["called_in_vain"] += row["called_in_vain"]


def _differences(where: str, counted: dict[str, float], shown: Any) -> Iterator[str]:
    for name, value in shown.stored().items():
        if name in counted or not value:
            if abs((value or 0) - counted.get(name, 0)) > 1e-6:
                yield f"{where}: {name} is {value}, counted again {counted.get(name, 0)}"
        else:
            yield f"{where}: {name} is {value} and in no file"
    for name in scorecards.RATES:
        rate, (part, whole) = getattr(shown, name), RATES[name]
        if (rate.part, rate.whole) != (counted[part], counted[whole]):
            yield f"{where}: {name} is {rate}, counted again {counted[part]} of {counted[whole]}"


def _page(rows: list[Row], period: Period, end: dt.datetime) -> Iterator[str]:
    """Every rate as the page of figures shows it to everybody."""
    from django.test import Client

    counted = _counted(rows, end - dt.timedelta(days=int(period.value)), end)
    answer = Client(headers={"accept-language": "en"}).get(
        f"/figures/?period={period.value}", headers={"host": "localhost"}
    )
    text = re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())
    fewest = int(organisations.setting(SettingKey.MIN_COUNT_SHOWN))
    for name in ("on_time", "resolution"):
        part, whole = (counted[key] for key in RATES[name])
        words = f"{round(part / whole * 10, 1):g} of 10" if whole >= fewest else "–"
        if words not in text:
            yield f"{name} should read “{words}”"
    for name in ("response", "satisfaction", "not_reached", "reopening"):
        part, whole = (counted[key] for key in RATES[name])
        words = f"{part / whole * 100:.0f} %" if whole >= fewest else "–"
        if words not in text:
            yield f"{name} should read “{words}”"


# --- clocks ---------------------------------------------------------------------------------------------------------

PEOPLES = {
    Action.CONTACT,
    Action.INFORM,
    Action.ASK,
    Action.ANSWER,
    Action.GRANT_EXTENSION,
    Action.NOT_ACCEPT,
}


def clocks() -> list[str]:
    """What differs between the clocks of the cases and those computed from their timelines."""
    made = Clocks()
    faults: list[str] = []
    rows = Case.objects.select_related("service_version").prefetch_related("events").order_by("pk")
    for case in rows.defer("text", "words").iterator(chunk_size=2_000):
        faults += made.differences(case)
    return faults


class Clocks:
    """The calendars, read once."""

    def __init__(self) -> None:
        self.calendars = organisations.working_calendars()
        self.settings = {key.name: value for key, value in organisations.settings().items()}

    def differences(self, case: Case) -> Iterator[str]:
        """Every clock of one case that its timeline does not explain."""
        imported = bool(case.source)
        found = self.imported(case) if imported else self.lived(case)
        for name, value in found.items():
            own = getattr(case, name)
            if own != value:
                yield f"case {case.number} ({case.state}): {name} is {own}, by the timeline {value}"

    def imported(self, case: Case) -> dict[str, Any]:
        """A file tells the promise; what happened stands in the rows made of it."""
        found: dict[str, Any] = {"accepted_at": None, "answered_at": None}
        for event in case.events.all():
            if event.action == Action.FILE:
                found["received_at"] = event.at
                found["promised_at"] = dt.datetime.fromisoformat(event.data["due"])
            elif event.action == Action.SIGN_FOR:
                found["accepted_at"] = event.at
            elif event.action == Action.ANSWER:
                found["answered_at"] = event.at
            elif event.action == Action.CLOSE:
                found["closed_at"] = event.at
        if case.state in {"withdrawn", "not_accepted"}:
            found.pop("accepted_at")
        found["due_at"] = found["promised_at"]
        return found

    def lived(self, case: Case) -> dict[str, Any]:
        """From the filing on, step by step."""
        version = case.service_version
        limits = version.limits if version is not None else {}
        answer = worktime.Limit.parse(limits.get("answer") or self.settings[f"{case.urgency.upper()}_LIMIT"])
        events = sorted(case.events.all(), key=lambda event: (event.at, event.pk))
        first = next((event.unit_id for event in events if event.action == Action.ASSIGN), None)
        begin, calendar = events[0].at, self.calendars[first]
        promised = worktime.deadline(calendar, begin, answer)
        found: dict[str, Any] = {
            "received_at": begin, "promised_at": promised, "due_at": promised, "accepted_at": None, "contacted_at": None,
            "answered_at": None, "closed_at": None, "reopened": 0, "escalation": Level.NONE,
            "sign_due_at": worktime.deadline(
                calendar, begin, worktime.Limit.parse(limits.get("sign_for") or self.settings["SIGN_FOR_LIMIT"])
            ),
            "contact_due_at": worktime.deadline(
                calendar, begin, worktime.Limit.parse(limits.get("first_contact") or self.settings["FIRST_CONTACT_LIMIT"])
            ),
        }  # fmt: skip
        asked: tuple[dt.datetime, dt.datetime] | None = None
        unit, days = first, 0
        for event in events[1:]:
            if (
                asked is not None
                and event.from_state == "awaiting_person"
                and event.to_state != "awaiting_person"
            ):
                # The pause belongs to the unit that asked, and ends by itself at its limit.
                due = worktime.shift_for_pause(
                    self.calendars[unit], found["due_at"], asked[0], min(event.at, asked[1]), answer.kind
                )
                found |= {"due_at": due, "escalation": Level.NONE}
                asked = None
            unit = event.data.get("unit", unit) if event.action in {Action.ASSIGN, Action.ARBITRATE} else unit
            if event.action == Action.ASK:
                asked = (event.at, self.pause_end(event.at, unit))
            elif event.action == Action.ASK_EXTENSION:
                days = event.data["days"]
            self.step(event, found, unit, answer, days)
        return found

    def pause_end(self, at: dt.datetime, unit: int | None) -> dt.datetime:
        """When a question stops the clock no longer."""
        return worktime.add_working_days(self.calendars[unit], at, int(self.settings["PAUSE_WORKING_DAYS"]))

    def step(self, event: Any, found: dict[str, Any], unit: int | None, limit: Any, days: int) -> None:
        """What one row of the timeline does to the clocks."""
        calendar, at, action = self.calendars[unit], event.at, event.action
        if action in PEOPLES and found["contacted_at"] is None:
            found["contacted_at"] = at
        if action in {Action.ASSIGN, Action.ARBITRATE}:
            found["accepted_at"] = None
        elif action in {Action.SIGN_FOR, Action.ASK} and found["accepted_at"] is None:
            found["accepted_at"] = at
        elif action == Action.GRANT_EXTENSION:
            due = worktime.add_working_days(calendar, found["due_at"] - dt.timedelta(microseconds=1), days)
            found |= {"due_at": due, "escalation": Level.NONE}
        elif action == Action.ANSWER:
            found |= {"answered_at": at, "accepted_at": found["accepted_at"] or at}
        elif (
            action in {Action.CLOSE, Action.RATE, Action.WITHDRAW, Action.NOT_ACCEPT}
            and found["closed_at"] is None
        ):
            found["closed_at"] = at
        elif action == Action.REOPEN:
            due = worktime.deadline(calendar, at, limit)
            found |= {"answered_at": None, "closed_at": None, "due_at": due, "escalation": Level.NONE}
            found["reopened"] += 1
        elif action == Action.WARN:
            found["escalation"] = Level(event.data["level"])
