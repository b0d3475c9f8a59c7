"""The person's own data: all of it, readable, and nothing of others."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from PIL import Image

from huiyin.cases.models import CaseFile, Reply
from huiyin.kernel.errors import Missing
from huiyin.privacy import operations
from tests import factories
from tests.factories.uploads import movie
from tests.privacy.conftest import SAID

pytestmark = pytest.mark.django_db
COLLEAGUES = ["悄悄话"]


def unpacked(case) -> tuple[zipfile.ZipFile, dict]:
    with operations.export_case(case.pk) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    return archive, json.loads(archive.read("case.json"))


def test_everything_that_was_said_is_in_it(whole_case):
    case = whole_case()
    _archive, data = unpacked(case)
    text = json.dumps(data, ensure_ascii=False)
    assert [said for said in SAID if said not in text] == COLLEAGUES
    assert data["case"][0]["number"] == case.number
    assert data["case"][0]["state_text"] == "Closed"
    assert data["verdict"][0]["solved_text"] == "Yes, it is solved"
    assert data["reveal"][0]["purpose"] == "电话回访"
    assert data["notice"][0]["subject"] == "谢谢您"
    assert data["case"][0]["promised_at"]
    assert data["contact"][0]["phone"] == "13812345678"


def test_notes_staff_and_keys_are_not_in_it(whole_case):
    case = whole_case()
    user = Reply.objects.get().author
    user.name = "王小明"
    user.save()
    archive, data = unpacked(case)
    text = "".join(archive.read(name).decode("utf-8", "replace") for name in ("case.json", "about.txt"))
    assert "悄悄话" not in text
    assert "王小明" not in text
    assert "note" not in [event["action"] for event in data["event"]]
    for secret in (
        case.secret_hash,
        case.contact.phone_key,
        case.files.first().file.token,
        case.files.first().file.key,
    ):
        assert secret
        assert secret not in text


def test_files_are_in_it_whole(whole_case):
    case = whole_case()
    archive, data = unpacked(case)
    assert archive.testzip() is None
    paths = [row["path"] for row in data["storedfile"]]
    assert paths == ["files/01-夜里拍的.jpg", "files/02-夜里拍的.mp4"]
    assert Image.open(io.BytesIO(archive.read(paths[0]))).format == "JPEG"
    assert archive.read(paths[1]) == movie(b"isom")
    assert all(not name.startswith("/") and ".." not in name for name in archive.namelist())


def test_a_lost_file_does_not_spoil_the_rest(whole_case, media):
    case = whole_case()
    (media / CaseFile.objects.filter(case=case)[0].file.key).unlink()
    _archive, data = unpacked(case)
    assert [bool(row["path"]) for row in data["storedfile"]] == [False, True]


def test_another_case_of_the_same_person_is_not_in_it(whole_case):
    case, other = whole_case(), whole_case()
    archive, data = unpacked(case)
    assert other.number not in archive.read("case.json").decode()
    assert {name: len(rows) for name, rows in data.items() if name in {"case", "contact", "notice", "reveal"}} == {
        "case": 1, "contact": 1, "notice": 1, "reveal": 1,
    }  # fmt: skip


def test_a_bare_case_exports_too():
    case = factories.case()
    archive, data = unpacked(case)
    assert data["case"][0]["text"] == case.text
    assert data["contact"] == []
    assert "everything that is kept" in archive.read("about.txt").decode()


def test_it_is_recorded(whole_case):
    case = whole_case()
    unpacked(case)
    record = apps.get_model("audit.Record").objects.get(action="case.export")
    assert (record.actor, record.subject) == ("person", f"case:{case.pk}")


def test_an_unknown_case_is_refused():
    with pytest.raises(Missing):
        operations.export_case(999)


def test_the_number_of_queries_does_not_grow_with_the_rows(whole_case, django_assert_max_num_queries):
    case = whole_case()
    for number in range(30):
        case.messages.create(text=str(number))
    with django_assert_max_num_queries(30):
        operations.export_case(case.pk).close()
