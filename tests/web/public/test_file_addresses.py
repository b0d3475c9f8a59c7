"""The address of a file: what it sends, in which pieces, with which protection, and when it ends."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.files import operations, queries
from huiyin.kernel import clock
from tests.factories.uploads import movie, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def video():
    return operations.store(SimpleUploadedFile("a", movie(b"isom")), name="“夜”.mp4")


@pytest.fixture
def photo():
    return operations.store(SimpleUploadedFile("a", picture()), name="lamp.png")


@pytest.fixture
def client(client):
    """A client whose answers are closed at the end, as a server does."""
    answers = []
    send = client.request
    client.request = lambda **request: answers.append(send(**request)) or answers[-1]
    yield client
    for answer in answers:
        answer.close()


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_photo_is_shown_and_harmless(client, photo):
    response = client.get(queries.url(photo))
    assert response.status_code == 200
    assert len(body(response)) == photo.size == int(response["Content-Length"])
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == 'inline; filename="lamp.jpg"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Cache-Control"].startswith("private, max-age=")


def test_the_preview_has_an_address_of_its_own(client, photo, video):
    response = client.get(queries.preview_url(photo))
    assert response["Content-Type"] == "image/jpeg"
    assert body(response).startswith(b"\xff\xd8")
    assert queries.preview_url(video) == ""


def test_a_pdf_is_only_downloaded(client):
    pdf = operations.store(
        SimpleUploadedFile("a", b"%PDF-1.7\n<html><script>1</script>\n%%EOF"), name="a.html"
    )
    response = client.get(queries.url(pdf))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="a.pdf"'


def test_a_chinese_name_survives_the_header(client, video):
    response = client.get(queries.url(video))
    assert "filename*=utf-8''%E2%80%9C%E5%A4%9C%E2%80%9D.mp4" in response["Content-Disposition"]


def test_players_get_their_pieces(client, video):
    address, whole = queries.url(video), movie(b"isom")
    response = client.get(address, headers={"range": "bytes=10-19"})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert response["Content-Length"] == "10"
    assert body(response) == whole[10:20]
    assert body(client.get(address, headers={"range": "bytes=-7"})) == whole[-7:]
    assert client.get(address, headers={"range": "bytes=9999-"}).status_code == 416
    assert client.get(address, headers={"range": "bytes=0-1,4-5"}).status_code == 200
    assert client.get(address, headers={"range": "bytes=0-1", "if-range": '"old"'}).status_code == 200


def test_unchanged_content_is_not_sent_again(client, photo):
    address = queries.url(photo)
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": etag}).status_code == 304
    assert client.head(address)["Content-Length"] == str(photo.size)
    assert client.post(address).status_code == 405


def test_an_address_lasts_as_promised_and_then_ends(client, photo):
    start = clock.now()
    address = queries.url(photo, minutes=10)
    with time_machine.travel(start + dt.timedelta(minutes=9, seconds=55)):
        assert client.get(address).status_code == 200
    with time_machine.travel(start + dt.timedelta(minutes=20, seconds=5)):
        response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == 404
    assert "expired" in response.content.decode()


def test_an_address_stays_the_same_for_a_while(photo):
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, 1, tzinfo=dt.UTC)) as machine:
        first = queries.url(photo)
        machine.shift(dt.timedelta(minutes=50))
        assert queries.url(photo) == first
        machine.shift(dt.timedelta(minutes=20))
        assert queries.url(photo) != first


def test_an_address_cannot_be_made_or_changed(client, photo):
    address = queries.url(photo)
    longer = re.sub(r"\.[0-9a-z]+:", ".zzzzzz:", address)
    other = address.replace(".f.", ".p.")
    for wrong in (longer, other, "/files/x", f"/files/{photo.token}", f"/files/{photo.token}.f.zzzzzz:abc"):
        assert wrong != address
        assert client.get(wrong).status_code == 404


def test_a_deleted_file_is_gone(client, photo, django_capture_on_commit_callbacks):
    address = queries.url(photo)
    with django_capture_on_commit_callbacks(execute=True):
        operations.delete(photo)
    assert client.get(address).status_code == 404
