"""China's calendar against two independent packages and against published counts of working days.

The shipped file is written by:  .venv/bin/python tests/engines/test_worktime_china.py
"""

import calendar as gregorian
import csv
import io
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest
from chinese_calendar import constants

from huiyin.engines import worktime
from huiyin.engines.worktime import china

DATA = Path(china.__file__).parents[1] / "data" / "cn_holidays.csv"
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = 2004, 2026

# (date, is it a working day in `holidays`): every day on which that package (0.109) differs, none of them after
# 2005. It has that Saturday worked for the New Year holiday of 2006; chinesecalendar, and so our file, has not.
KNOWN_DIFFERENCES_IN_HOLIDAYS = [(date(2005, 12, 31), True)]


def file_from_chinesecalendar() -> str:
    """Return our file as the facts in PyPI's chinesecalendar give it."""
    kinds = {**dict.fromkeys(constants.holidays, "holiday"), **dict.fromkeys(constants.workdays, "makeup")}
    names = {**constants.holidays, **constants.workdays}
    chinese = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["date", "kind", "name_zh", "name_en"])
    for day in sorted(kinds):
        writer.writerow([day.isoformat(), kinds[day], chinese[names[day]], names[day]])
    return out.getvalue()


def days(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(n) for n in range((date(last + 1, 1, 1) - start).days)]


@pytest.fixture(scope="module")
def china_calendar() -> worktime.Calendar:
    return worktime.china_calendar()


def test_the_shipped_file_holds_the_facts_of_chinesecalendar():
    expected = csv.DictReader(file_from_chinesecalendar().splitlines())
    shipped = csv.DictReader(DATA.read_text(encoding="utf-8").splitlines())
    # A newer package may know a year that is not shipped yet.
    known = [row for row in expected if int(row["date"][:4]) <= worktime.last_year()]
    assert list(shipped) == known
    assert Counter(row["kind"] for row in known) == {"holiday": 621, "makeup": 150}


def test_working_days_agree_with_chinesecalendar(china_calendar):
    checked = days(FIRST, LAST)
    differing = [
        d for d in checked if worktime.is_working_day(china_calendar, d) != chinese_calendar.is_workday(d)
    ]
    assert differing == []
    assert len(checked) == 8401


def test_working_days_agree_with_holidays(china_calendar):
    official = holidays.country_holidays("CN", years=range(FIRST, LAST + 1))
    theirs = {d: official.is_working_day(d) for d in days(FIRST, LAST)}
    differing = [
        (d, worked) for d, worked in theirs.items() if worked != worktime.is_working_day(china_calendar, d)
    ]
    assert differing == KNOWN_DIFFERENCES_IN_HOLIDAYS
    assert len(theirs) == 8401


@pytest.mark.realdata
def test_working_days_per_month_agree_with_the_shared_counts(china_calendar, shared_data):
    path = shared_data / "cn_calendar" / "workdays_per_month_2010_2026.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 12 * 17
    for row in rows:
        year, month = map(int, row["month"].split("-"))
        length = gregorian.monthrange(year, month)[1]
        counted = sum(
            worktime.is_working_day(china_calendar, date(year, month, d + 1)) for d in range(length)
        )
        assert counted == int(row["workdays"]), row["month"]
        begin = datetime(year, month, 1, tzinfo=SHANGHAI)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SHANGHAI)
        assert worktime.working_between(china_calendar, begin, end) == counted * timedelta(hours=8)


def test_make_up_sundays_of_2024_are_worked(china_calendar):
    assert worktime.is_working_day(china_calendar, date(2024, 2, 4))
    assert worktime.is_working_day(china_calendar, date(2024, 2, 18))
    assert not worktime.is_working_day(china_calendar, date(2024, 2, 9) + timedelta(days=1))
    assert china_calendar.names[date(2024, 2, 18)] == "春节"
    assert worktime.china_calendar(language="en").names[date(2024, 2, 18)] == "Spring Festival"


def test_seven_working_days_across_the_spring_festival(china_calendar):
    # Received Wednesday 7 February 2024; the festival is 10-17 February, Sunday the 18th is worked.
    received = datetime(2024, 2, 7, 10, tzinfo=SHANGHAI)
    due = worktime.deadline(china_calendar, received, worktime.Limit.parse("7d working"))
    # 8, 9, 18, 19, 20, 21, 22 February
    assert due == datetime(2024, 2, 22, 18, tzinfo=SHANGHAI)


def test_office_hours_are_those_of_every_working_day_make_up_days_too():
    short = worktime.china_calendar(worktime.parse_hours("10:00-11:30"))
    assert (
        short.hours_on(date(2024, 2, 18)) == short.hours_on(date(2024, 2, 19)) == ((time(10), time(11, 30)),)
    )


def test_years_after_the_last_notice_have_plain_weekends_and_can_be_added(china_calendar):
    year = worktime.last_year() + 1
    new_year = date(year, 1, 1)
    assert china_calendar.hours_on(new_year) == china_calendar.weekly[new_year.weekday()]
    rows = [(new_year, "holiday", "元旦")]
    exceptions, names = worktime.exceptions_from_rows(rows, makeup_hours=china.EIGHT_HOURS)
    later = china_calendar.with_exceptions(exceptions, names=names)
    assert later.hours_on(new_year) == ()
    assert later.names[new_year] == "元旦"
    assert later.names[date(2024, 2, 18)] == "春节"


@pytest.mark.parametrize(
    ("rows", "hours"),
    [
        ([(date(2026, 1, 1), "off", "")], china.EIGHT_HOURS),
        ([(date(2026, 1, 1), "holiday", ""), (date(2026, 1, 1), "makeup", "")], china.EIGHT_HOURS),
        ([(date(2026, 1, 4), "makeup", "")], ()),
    ],
)
def test_contradictory_rows_are_refused(rows, hours):
    with pytest.raises(worktime.CalendarError):
        worktime.exceptions_from_rows(rows, makeup_hours=hours)


if __name__ == "__main__":
    DATA.write_text(file_from_chinesecalendar(), encoding="utf-8")
