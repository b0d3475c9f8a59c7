"""The screens for bringing cases in and taking them out."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.accounts.models import User
from huiyin.cases.models import Case
from huiyin.organisations.models import Unit
from huiyin.people.models import Reveal
from huiyin.usecases import jobs
from huiyin.usecases.bulk import waiting
from tests import factories

pytestmark = pytest.mark.django_db
CONTENT = "工单号,内容,承办单位,神秘列\n1,路灯坏了,市政,蓝\n2,,市政,红\n3,漏水,水务,\n".encode("gb18030")


@pytest.fixture
def administrator() -> User:
    return factories.user((Role.ADMINISTRATOR, None))


@pytest.fixture
def screen(administrator, monkeypatch, settings, tmp_path) -> Client:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    # The job runs at once.
    monkeypatch.setattr(jobs.import_file, "defer", lambda **given: waiting.run(**given))
    client = Client(headers={"accept-language": "en"})
    client.force_login(administrator)
    return client


def send(screen, content=CONTENT, name="信箱.csv", **more):
    return screen.post(
        reverse("manage:imports"),
        {"file": SimpleUploadedFile(name, content), "map": "", "source": "", **more},
    )


def columns(response):
    return {
        name: field.initial
        for name, field in response.context["form"].fields.items()
        if name.startswith("column_")
    }


def test_a_file_is_sent_looked_at_and_brought_in(screen):
    place = send(screen).url
    page = screen.get(place)
    text = page.content.decode()
    assert "Of the first 3 rows 2 would be brought in, 1 refused" in text
    assert "There is no text." in text
    assert "Not recognised." in text
    assert "gb18030" in text
    assert "路灯坏了" in text
    assert columns(page) == {
        "column_0": "external_id",
        "column_1": "text",
        "column_2": "unit",
        "column_3": "keep",
    }
    assert not Case.objects.exists()
    chosen = columns(page) | {"column_3": "place", "creates": ["units"], "date_order": ""}
    done = screen.post(place, chosen, follow=True)
    assert "3 rows were read: 2 brought in, 1 refused, 0 were here already." in done.content.decode()
    assert Unit.objects.count() == 2
    case = Case.objects.get(external_id="1")
    assert (case.source, case.place_text, case.extra) == ("信箱", "蓝", {})
    refused = screen.get(f"{place}errors.csv")
    assert "There is no text." in b"".join(refused.streaming_content).decode()


def test_a_second_time_changes_nothing(screen):
    for _turn in range(2):
        place = send(screen).url
        page = screen.get(place)
        done = screen.post(place, columns(page), follow=True)
    assert "0 brought in, 1 refused, 2 were here already." in done.content.decode()


@pytest.mark.parametrize("content", [b" ", b"\0" * 900, b"id,text\n1,\xff\xff\xff"])
def test_what_is_no_table_is_said_beside_the_form(screen, content):
    response = send(screen, content)
    assert response.status_code == 422
    assert not waiting.default_storage.exists("imports") or not waiting.default_storage.listdir("imports")[0]


def test_a_file_is_its_senders_own(screen):
    place = send(screen).url
    other = Client()
    other.force_login(factories.user((Role.ADMINISTRATOR, None)))
    assert other.get(place).status_code == 404
    assert screen.get(reverse("manage:import", args=["..%2f..%2fetc"])).status_code == 404


def test_files_are_forgotten_after_a_week(screen):
    place = send(screen).url
    assert waiting.forget_old() == 0
    waiting.KEPT, kept = -waiting.KEPT, waiting.KEPT
    try:
        assert waiting.forget_old() == 1
    finally:
        waiting.KEPT = kept
    assert screen.get(place).status_code == 404


def test_others_may_not(screen):
    client = Client()
    client.force_login(factories.user((Role.SUPERVISOR, None)))
    assert client.get(reverse("manage:imports")).status_code == 403
    client.force_login(factories.user((Role.OPERATOR, None)))
    assert client.get(reverse("manage:export")).status_code == 403


def test_cases_are_taken_out(screen):
    factories.case(text="=1+1")
    response = screen.post(reverse("manage:export"), {"kind": "csv"})
    body = b"".join(response.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(body))
    assert row["text"] == "'=1+1"
    assert "attachment" in response["Content-Disposition"]
    assert "name" not in row
    response = screen.post(reverse("manage:export"), {"kind": "csv", "states": ["closed"]})
    assert len(b"".join(response.streaming_content).splitlines()) == 1
    long_ago = {"last_year": "2001", "last_month": "2", "last_day": "28"}
    response = screen.post(reverse("manage:export"), {"kind": "csv", **long_ago})
    assert len(b"".join(response.streaming_content).splitlines()) == 1
    response = screen.post(reverse("manage:export"), {"kind": "csv", **long_ago, "last_day": "29"})
    assert response.status_code == 422


def test_contact_data_only_for_a_purpose_and_for_those_who_may(screen):
    assert screen.post(reverse("manage:export"), {"kind": "csv", "purpose": "x"}).status_code == 422
    response = screen.post(
        reverse("manage:export"), {"kind": "csv", "purpose": "Calling back about the answer"}
    )
    assert b"contact_address" in b"".join(response.streaming_content)
    assert not Reveal.objects.exists()
    supervisor = Client()
    supervisor.force_login(factories.user((Role.SUPERVISOR, None)))
    response = supervisor.post(
        reverse("manage:export"), {"kind": "csv", "purpose": "Calling back about the answer"}
    )
    assert b"contact_address" not in b"".join(response.streaming_content)
