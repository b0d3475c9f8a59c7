"""Dates as people read them: always with the weekday, in the order of the language."""

import datetime as dt

from django.utils import timezone, translation

_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CHINESE_DAYS = "一二三四五六日"


def day_words(day: dt.date, *, this_year: int, language: str = "") -> str:
    """“Mon 23 Nov 2026”, “11月23日 周一”; in Chinese the year is named when it is not `this_year`."""
    language = language or translation.get_language() or "en"
    if not language.startswith("zh"):
        return f"{_ENGLISH_DAYS[day.weekday()]} {day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
    week = "週" if language == "zh-hant" else "周"
    year = "" if day.year == this_year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日 {week}{_CHINESE_DAYS[day.weekday()]}"


def moment_words(moment: dt.datetime, *, this_year: int, language: str = "") -> str:
    """The same with the time in the installation's zone: “Mon 23 Nov 2026, 16:00”, “11月23日 周一 16:00”."""
    language = language or translation.get_language() or "en"
    local = timezone.localtime(moment)
    day = day_words(local.date(), this_year=this_year, language=language)
    return f"{day}{' ' if language.startswith('zh') else ', '}{local:%H:%M}"
