"""Deadlines and dates in words."""

import datetime as dt

import pytest
from django.utils import translation

from huiyin.web.components import dates, deadlines

NOW = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC)  # Monday 14:00 in Shanghai
H, D = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("due", "more", "kind", "text"),
    [
        (None, {}, "none", "no deadline"),
        (NOW + 2 * H, {}, "soon", "today 16:00"),
        (NOW + 11 * H, {}, "soon", "tomorrow 01:00"),
        (NOW + 4 * D, {"working_days": 4}, "later", "4 working days"),
        (NOW + 4 * D, {"working_days": 1}, "soon", "1 working day"),
        (NOW + 4 * D, {}, "later", "4 days"),
        (NOW - dt.timedelta(seconds=5), {}, "overdue", "overdue 1 minute"),
        (NOW - 3 * H, {}, "overdue", "overdue 3 hours"),
        (NOW - 3 * D, {}, "overdue", "overdue 3 days"),
        (NOW - 3 * D, {"paused": True}, "paused", "paused"),
        (NOW - 3 * D, {"met": NOW - 3 * D}, "met", "in time"),
        (NOW - 3 * D, {"met": NOW - 2 * D}, "overdue", "1 day late"),
        (NOW, {}, "soon", "today 14:00"),
    ],
)
def test_a_deadline_says_where_it_stands(due, more, kind, text):
    assert deadlines.words(due, now=NOW, **more) == deadlines.Deadline(kind, text)


def test_today_is_the_citys_day_not_the_servers():
    late = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)  # Monday 01:00 in Shanghai
    assert deadlines.words(late + 2 * H, now=late).text == "today 03:00"


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("en", dt.date(2026, 11, 23), "Mon 23 Nov 2026"),
        ("zh-hans", dt.date(2026, 11, 23), "11月23日 周一"),
        ("zh-hant", dt.date(2026, 11, 23), "11月23日 週一"),
        ("zh-hans", dt.date(2025, 2, 2), "2025年2月2日 周日"),
    ],
)
def test_a_day_is_written_with_its_weekday(language, day, words):
    with translation.override(language):
        assert dates.day_words(day, this_year=2026) == words


def test_a_moment_is_written_in_the_citys_zone():
    moment = dt.datetime(2026, 11, 22, 17, 5, tzinfo=dt.UTC)
    assert dates.moment_words(moment, this_year=2026, language="en") == "Mon 23 Nov 2026, 01:05"
    assert dates.moment_words(moment, this_year=2026, language="zh-hans") == "11月23日 周一 01:05"
