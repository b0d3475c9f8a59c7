"""Open data: the day's files hold what is published, as described, and nothing that was not."""

import csv
import datetime as dt
import hashlib
import threading

import pyarrow.parquet
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Anonymity, Outcome
from huiyin.cases.models import Publication
from huiyin.cases.operations import acting, handling, person, publishing
from huiyin.feedback import operations as feedback
from huiyin.feedback.enums import Solved
from huiyin.people import operations as people
from huiyin.usecases import opendata
from tests import factories, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HUIYIN_OPEN_DATA = tmp_path / "open-data"
    return settings.HUIYIN_OPEN_DATA


def published(**given):
    given = {"text": "秘密的原话", "point": (26.123456, 119.654321)} | given
    case = factories.case(**given)
    officer = acting.staff(factories.user((Role.OFFICER, case.unit)))
    public = publishing.PublicText(
        title="路灯不亮", text="=路灯三天不亮", answer="已修好", public_place="五一路"
    )
    publishing.publish(case.pk, public=public, actor=officer)
    return case, officer


def rows(folder, day):
    with (folder / day / "cases.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_files_hold_what_is_published_in_the_columns_of_the_dictionary(folder):
    contact = people.create_contact(name="Li Hidden", phone="13800138000")
    case, officer = published(contact=contact)
    handling.answer(case.pk, text="写给本人的信", outcome=Outcome.SOLVED, actor=officer)
    person.judge(case.pk, given=feedback.Given(solved=Solved.PARTLY, contacted=True, satisfaction=4))
    factories.case(text="未公开")
    day = opendata.publish().day.isoformat()
    (row,) = rows(folder, day)
    assert list(row) == list(opendata.DICTIONARY)
    assert list(row)[:17] == [
        "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
        "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
        "address_id", "zipcode", "lat", "long", "media_url",
    ]  # fmt: skip
    assert (row["service_request_id"], row["status"], row["state"]) == (case.number, "closed", "closed")
    assert (row["description"], row["status_notes"]) == ("'=路灯三天不亮", "已修好"), (
        "no formula for a spreadsheet"
    )
    assert (row["lat"], row["long"], row["solved"], row["in_time"]) == ("26.123", "119.654", "partly", "True")
    assert row["requested_datetime"].endswith("+00:00")
    table = pyarrow.parquet.read_table(folder / day / "cases.parquet")
    assert table.column_names == list(opendata.DICTIONARY)
    assert table["description"].to_pylist() == ["=路灯三天不亮"]
    assert str(table.schema.field("requested_datetime").type) == "timestamp[us, tz=UTC]"
    everything = b"".join(path.read_bytes() for path in (folder / day).iterdir())
    for word in ("秘密", "Hidden", "138001", "写给本人", "未公开"):
        assert word.encode() not in everything
    described = (folder / day / "dictionary.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(described) == len(opendata.DICTIONARY) + 1
    assert "CC BY 4.0" in (folder / day / "LICENCE.txt").read_text()


def test_the_checksums_are_right(folder):
    published()
    day = opendata.publish().day.isoformat()
    lines = (folder / day / "SHA256SUMS").read_text().splitlines()
    assert {line.split("  ")[1] for line in lines} == set(opendata.NAMES) - {"SHA256SUMS"}
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / day / name).read_bytes()).hexdigest() == digest


def test_cases_of_people_who_stay_unknown_and_what_was_taken_back_are_not_in_it(folder):
    published(anonymity=Anonymity.NOBODY)
    published(anonymity=Anonymity.DISPATCHER)
    case, officer = published()
    publishing.unpublish(case.pk, actor=officer)
    day = opendata.publish().day.isoformat()
    assert rows(folder, day) == []
    assert pyarrow.parquet.read_table(folder / day / "cases.parquet").num_rows == 0


def test_a_day_is_written_once_and_old_days_go(folder):
    published()
    begin = dt.datetime(2026, 11, 1, 4, tzinfo=dt.UTC)
    with time_machine.travel(begin, tick=False):
        opendata.publish()
        before = (folder / "2026-11-01" / "cases.csv").stat().st_mtime_ns
        Publication.objects.all().delete()
        opendata.publish()
        assert (folder / "2026-11-01" / "cases.csv").stat().st_mtime_ns == before
    with time_machine.travel(begin + dt.timedelta(days=31), tick=False):
        opendata.publish()
        assert [edition.day.day for edition in opendata.editions()] == [2, 1]
    with time_machine.travel(begin + dt.timedelta(days=32), tick=False):
        opendata.publish()
        assert [edition.day.isoformat() for edition in opendata.editions()] == ["2026-12-03", "2026-12-02"]
    assert sorted(path.name for path in folder.iterdir()) == ["2026-12-02", "2026-12-03"], (
        "nothing half done is left"
    )


def test_half_a_file_is_never_seen(folder, monkeypatch):
    published()
    monkeypatch.setattr(opendata, "_sha256", lambda _file: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        opendata.publish()
    assert list(folder.iterdir()) == []
    assert opendata.editions() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_day(folder):
    published()
    start, faults = threading.Barrier(3), []

    def work():
        start.wait()
        try:
            opendata.publish()
        except OSError as fault:
            faults.append(fault)
        connection.close()

    threads = [threading.Thread(target=work) for _worker in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert faults == []
    assert len(list(folder.iterdir())) == 1


def test_more_cases_cost_no_more_queries(folder):
    counts = []
    for count in (1, 4):
        for _case in range(count):
            published()
        with CaptureQueriesContext(connection) as queries:
            list(opendata._rows())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_everybody_can_take_the_files_away(client, folder):
    page = staff.browser().get(reverse("public:open_data")).content.decode()
    assert "made tonight" in page
    assert client.get(reverse("public:open_data_latest", args=["cases.csv"])).status_code == 404
    published()
    day = opendata.publish().day.isoformat()
    page = staff.browser().get(reverse("public:open_data")).content.decode()
    assert f"/open-data/{day}/cases.parquet" in page
    moved = client.get(reverse("public:open_data_latest", args=["cases.csv"]))
    assert moved.url == f"/open-data/{day}/cases.csv"
    answer = client.get(moved.url)
    assert b"".join(answer.streaming_content) == (folder / day / "cases.csv").read_bytes()
    assert client.get(moved.url, headers={"if-none-match": answer["ETag"]}).status_code == 304
    for wrong in (f"/open-data/{day}/settings.py", "/open-data/2020-01-01/cases.csv", "/open-data/x/cases.csv",
                  f"/open-data/{day}/..%2fcases.csv"):  # fmt: skip
        assert client.get(wrong).status_code == 404
