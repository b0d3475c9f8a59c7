"""Requests that carry too much: swallowed in small pieces, answered with a message, and the rest of the form is there."""

import hashlib
import io
import os
import tracemalloc

import pytest
from django.test import RequestFactory

from huiyin.files import operations
from huiyin.files.uploads import KeptUpload, OversizedFile
from huiyin.kernel.errors import Invalid

BOUNDARY = "b0undary"
MB = 1024 * 1024


class Body(io.RawIOBase):
    """A multipart body of any size that is never in memory: fields, then files of given sizes, then a field."""

    def __init__(self, *sizes: int | bytes) -> None:
        self.parts: list[bytes | int] = []
        for index, size in enumerate(sizes):
            head = (
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{index}.mp4"\r\n\r\n'
            )
            self.parts += [head.encode(), size, b"\r\n"]
        field = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="text"\r\n\r\nlamp\r\n--{BOUNDARY}--\r\n'
        )
        self.parts.append(field.encode())
        self.length = sum(part if isinstance(part, int) else len(part) for part in self.parts)
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        if not self.parts:
            return b""
        part = self.parts[0]
        most = 64 * 1024 if size < 0 else size
        if isinstance(part, int):
            piece = b"\1" * min(part, most)
            rest: bytes | int = part - len(piece)
        else:
            piece, rest = part[:most], part[most:]
        self.parts[0:1] = [rest] if rest else []
        self.given += len(piece)
        return piece


def request(body: Body):
    made = RequestFactory().post("/", content_type=f"multipart/form-data; boundary={BOUNDARY}")
    made.META["CONTENT_LENGTH"] = str(body.length)
    made._stream = made.environ["wsgi.input"] = body
    return made


def test_a_file_within_the_limit_goes_to_disk():
    made = request(Body(3 * MB))
    file = made.FILES["file"]
    assert isinstance(file, KeptUpload)
    assert file.size == 3 * MB
    assert made.POST["text"] == "lamp"
    made.close()


def test_200_mb_are_swallowed_in_little_memory_and_the_form_survives():
    body = Body(200 * MB)
    tracemalloc.start()
    try:
        made = request(body)
        file = made.FILES["file"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * MB
    assert isinstance(file, OversizedFile)
    assert made.POST["text"] == "lamp"
    with pytest.raises(Invalid, match="at most 20 MB"):
        operations.store(file, name=file.name)
    made.close()


def test_the_good_file_beside_a_too_large_one_stays():
    made = request(Body(MB, 30 * MB, MB))
    assert [type(file) for file in made.FILES.getlist("file")] == [
        KeptUpload,
        OversizedFile,
        KeptUpload,
    ]
    made.close()


def test_all_files_of_a_request_together_are_limited():
    made = request(Body(*[19 * MB] * 7))
    kinds = [type(file) for file in made.FILES.getlist("file")]
    assert kinds == [KeptUpload] * 5 + [OversizedFile] * 2
    made.close()


def test_nobody_waits_for_a_hopeless_length():
    body = Body(5000 * MB)
    made = request(body)
    assert "file" not in made.FILES
    assert body.given < MB


def test_nobody_waits_for_a_hopeless_stream_that_lied_about_its_length(settings):
    settings.HUIYIN_FILE_MAX_BYTES = 100_000
    body = Body(50 * MB)
    made = request(body)
    made.META["CONTENT_LENGTH"] = "4000000"
    assert "file" not in made.FILES
    assert body.given < 6 * MB


def test_nothing_has_a_name_in_the_temporary_folder_at_any_time(settings, tmp_path):
    """A process that is killed leaves nothing of what people sent."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    made = request(Body(MB, 30 * MB))
    assert len(made.FILES.getlist("file")) == 2
    assert os.fstat(made.FILES.getlist("file")[0].fileno()).st_size == MB, "it is on disk"
    assert list(tmp_path.iterdir()) == []
    made.close()


@pytest.mark.django_db
def test_an_upload_can_be_stored(media):
    made = request(Body(b"%PDF-1.7\n" + b"x" * 3 * MB + b"\n%%EOF\n"))
    stored = operations.store(made.FILES["file"], name="a.pdf")
    made.close()
    kept = media / stored.key
    assert kept.stat().st_size == stored.size == 3 * MB + 16
    assert kept.stat().st_mode & 0o777 == 0o600
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == stored.sha256


def test_a_sender_who_goes_away_leaves_nothing(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    body = Body(5 * MB)
    body.parts = [body.parts[0], MB]
    made = request(body)
    assert made.POST.get("text") is None
    made.close()
    assert list(tmp_path.iterdir()) == []
