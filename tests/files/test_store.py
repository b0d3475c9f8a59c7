"""Taking files in: every accepted type, and everything nasty that we could think of."""

import io
import struct
import zipfile
from pathlib import Path

import pillow_heif
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from huiyin.files import logic, operations
from huiyin.files.models import StoredFile
from huiyin.files.ports import ScannerDown
from huiyin.files.uploads import OversizedFile
from huiyin.kernel.errors import Invalid
from tests.factories.uploads import box, chunk, gps_exif, movie, picture, png_bomb

pytestmark = pytest.mark.django_db


def store(content: bytes, name: str = "photo.jpg") -> StoredFile:
    return operations.store(SimpleUploadedFile("ignored.exe", content, "text/html"), name=name)


def kept(file: StoredFile) -> bytes:
    with default_storage.open(file.key) as content:
        return content.read()


def refusal(content: bytes, name: str = "photo.jpg") -> str:
    with pytest.raises(Invalid) as caught:
        store(content, name)
    assert caught.value.fields["file"] == caught.value.message
    assert not StoredFile.objects.exists()
    return str(caught.value.message)


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "WEBP"])
def test_photo_loses_everything_but_the_picture(encoder):
    content = picture(encoder, exif=gps_exif(), icc_profile=b"PROFILE-OF-A-CAMERA" * 20)
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825), "the test's photo does hold a place"
    file = store(content)
    data = kept(file)
    image = Image.open(io.BytesIO(data))
    assert image.size == (400, 640), "turned upright"
    assert dict(image.getexif()) == {}
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)
    assert b"SecretCamera" not in data
    assert b"Owner" not in data
    assert b"PROFILE" not in data
    assert file.content_type == ("image/png" if encoder == "PNG" else "image/jpeg")
    assert file.size == len(data)


def test_heic_with_a_place_becomes_jpeg_without():
    out = io.BytesIO()
    heif = pillow_heif.from_pillow(Image.new("RGB", (320, 200), "teal"))
    heif.save(out, exif=gps_exif(), quality=60)
    file = store(out.getvalue(), "IMG_0001.HEIC")
    data = kept(file)
    image = Image.open(io.BytesIO(data))
    assert (image.format, file.name, file.kind) == ("JPEG", "IMG_0001.jpg", "image")
    assert dict(image.getexif()) == {}
    assert b"SecretCamera" not in data


def test_comment_and_text_chunks_go():
    jpeg = picture("JPEG", comment=b"phone 13800138000")
    assert b"13800138000" in jpeg
    assert b"13800138000" not in kept(store(jpeg))
    png = picture("PNG")
    with_text = png[:-12] + chunk(b"tEXt", b"Author\0Zhang San") + png[-12:]
    assert b"Zhang San" not in kept(store(with_text, "a.png"))


def test_preview_is_small_and_flat():
    file = store(picture("PNG", size=(2000, 1000), mode="RGBA"))
    with default_storage.open(file.preview_key) as content:
        preview = Image.open(content)
        assert preview.size == (480, 240)
        assert preview.mode == "RGB"
    assert Image.open(io.BytesIO(kept(file))).mode == "RGBA"


@pytest.mark.parametrize("mode", ["L", "P", "LA", "1", "CMYK", "I;16"])
def test_unusual_modes_are_drawn(mode):
    image = Image.new("L", (40, 30), 200).convert("I;16" if mode == "I;16" else mode)
    out = io.BytesIO()
    image.save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert Image.open(io.BytesIO(kept(store(out.getvalue())))).size == (40, 30)


def test_sixteen_bit_grey_keeps_its_brightness():
    out = io.BytesIO()
    Image.new("I;16", (10, 10), 0x8000).save(out, "PNG")
    assert Image.open(io.BytesIO(kept(store(out.getvalue())))).convert("L").getpixel((5, 5)) == 0x80


def test_of_moving_pictures_the_first_frame_stays():
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    image = Image.open(io.BytesIO(kept(store(out.getvalue()))))
    assert getattr(image, "n_frames", 1) == 1
    red, _green, blue = image.convert("RGB").getpixel((30, 30))
    assert red > 200
    assert blue < 50


def test_zip_bomb_in_a_png_is_refused_unopened():
    bomb = png_bomb(30_000)
    assert len(bomb) < 300_000
    assert "900 million pixels" in refusal(bomb)


def test_png_that_lies_about_its_size_is_damaged():
    bomb = png_bomb(5_000)
    small = bomb[:16] + struct.pack(">II", 6_000, 6_000) + bomb[24:]
    assert "damaged" in refusal(small)


def test_text_chunk_bomb_is_refused():
    import zlib

    text = b"Comment\0\0" + zlib.compress(b"A" * 80_000_000, 9)
    png = picture("PNG")
    file_or_refusal = png[:33] + chunk(b"zTXt", text) + png[33:]
    assert "damaged" in refusal(file_or_refusal)


def test_jpeg_with_a_zip_behind_becomes_a_plain_photo():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("run.html", "<script>alert(1)</script>")
    both = picture("JPEG") + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(both))
    data = kept(store(both))
    assert not zipfile.is_zipfile(io.BytesIO(data))
    assert b"script" not in data


def test_jpeg_that_is_also_a_page_becomes_a_plain_photo():
    page = picture("JPEG", comment=b"<html><script>alert(1)</script>")
    assert b"script" not in kept(store(page, "page.html"))


@pytest.mark.parametrize(
    ("content", "kind", "content_type", "name"),
    [
        (b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF\n", "pdf", "application/pdf", "a.pdf"),
        (b"ID3\x04\0\0\0\0\0\0" + b"\0" * 100, "audio", "audio/mpeg", "a.mp3"),
        (b"\xff\xfb\x90\x64" + b"\0" * 400, "audio", "audio/mpeg", "a.mp3"),
        (movie(b"M4A "), "audio", "audio/mp4", "a.m4a"),
        (b"OggS\0\2" + b"\0" * 100, "audio", "audio/ogg", "a.ogg"),
        (b"RIFF\x74\0\0\0WAVEfmt " + b"\0" * 100, "audio", "audio/wav", "a.wav"),
        (b"#!AMR\n" + b"\x3c" * 100, "audio", "audio/amr", "a.amr"),
        (movie(b"isom"), "video", "video/mp4", "a.mp4"),
        (movie(b"qt  "), "video", "video/quicktime", "a.mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + b"\0" * 200, "video", "video/webm", "a.webm"),
    ],
)
def test_the_rest_is_kept_as_it_came(content, kind, content_type, name):
    file = store(content, "a.exe")
    assert kept(file) == content
    assert (file.kind, file.content_type, file.name, file.preview_key) == (kind, content_type, name, "")


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ" + b"\0" * 200,
        b"PK\x03\x04" + b"\0" * 200,
        b"GIF89a" + b"\0" * 50,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
        b"#!/bin/sh\nrm -rf /\n",
        b"\xff\xfb\xff\xff not sound" + b" " * 90,
        box(b"ftyp", b"evil\0\0\0\0"),
        b"\0" * 500,
        "只是文字".encode(),
        b"x",
    ],
)
def test_other_types_are_refused_whatever_their_name(content):
    message = refusal(content, "photo.jpg")
    assert "not accepted" in message
    assert "JPEG" in message


def test_the_message_says_what_it_looks_like():
    assert "it looks like HTML" in refusal(b"<!DOCTYPE html><html><body>")


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.15, 0.5, 0.9])
def test_truncated_photos_are_damaged(encoder, part):
    import random

    noise = Image.frombytes("RGB", (200, 200), random.Random(7).randbytes(120_000))
    out = io.BytesIO()
    noise.save(out, encoder)
    assert "damaged" in refusal(out.getvalue()[: int(out.tell() * part)])


def test_truncated_heic_is_damaged():
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (300, 300), "teal")).save(out)
    assert "damaged" in refusal(out.getvalue()[: out.tell() // 2])


@pytest.mark.parametrize(
    "content", [movie(b"isom")[:-50], movie(b"qt  ")[:60], b"%PDF-1.4\nhalf of", b"#!AMR\n"]
)
def test_truncated_others_are_damaged(content):
    assert "damaged" in refusal(content)


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        box(b"ftyp", b"heic\0\0\0\0heic"),
    ],
)
def test_noise_behind_a_good_beginning_is_damaged(head):
    import random

    for seed in range(20):
        assert "damaged" in refusal(head + random.Random(seed).randbytes(3_000))


def test_nothing_is_refused_as_empty():
    assert "empty" in refusal(b"")


def test_too_large_is_refused_with_the_limit(settings):
    settings.HUIYIN_FILE_MAX_BYTES = 2 * 1024 * 1024
    assert "at most 2 MB" in refusal(b"\xff" * (2 * 1024 * 1024 + 1))
    with pytest.raises(Invalid, match="at most 2 MB"):
        operations.store(OversizedFile(name="a.mp4", size=200_000_000), name="a.mp4")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\me\\photo.png", "photo.jpg"),
        ("gpj.\u202eexe.jpg", "gpj. exe.jpg"),
        ("a\0b\r\nSet-Cookie: x.jpg", "ab Set-Cookie_ x.jpg"),
        ("\u200b\u200f\ufeff", "file.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("路灯不亮（夜）.HEIC", "路灯不亮（夜）.jpg"),
        ("x" * 500 + ".jpeg", "x" * 120 + ".jpg"),
        ("字" * 500, "字" * 120 + ".jpg"),
        ('a"b<c>.jpg', "a_b_c_.jpg"),
        ("photo.jpg.exe", "photo.jpg.jpg"),
    ],
)
def test_names(given, shown):
    assert store(picture(), given).name == shown
    assert logic.display_name(given, extension="jpg") == shown


class Finds:
    def scan(self, file):
        file.seek(0)
        return "Eicar" if b"EICAR" in file.read() else ""


class Down:
    def scan(self, file):
        raise ScannerDown


def test_infected_files_are_refused(settings):
    settings.HUIYIN_FILE_SCANNER = f"{__name__}.Finds"
    message = refusal(b"%PDF-1.4 EICAR %%EOF")
    assert "harmful" in message
    assert "Eicar" not in message


def test_no_verdict_means_no_file(settings, media):
    settings.HUIYIN_FILE_SCANNER = f"{__name__}.Down"
    with pytest.raises(ScannerDown):
        store(picture())
    assert not media.exists()


def test_a_failed_row_leaves_no_content(media, monkeypatch):
    monkeypatch.setattr(StoredFile.objects, "create", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store(picture())
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_content_is_private_on_the_disk(media):
    file = store(picture())
    path = media / file.key
    assert path.stat().st_mode & 0o777 == 0o600
    assert "photo" not in file.key


def test_content_is_on_the_disk_before_its_row(media, monkeypatch):
    import os

    from huiyin.files import storage

    synced, real = [], os.fsync
    monkeypatch.setattr(
        storage.os, "fsync", lambda fd: (synced.append(str(Path(f"/proc/self/fd/{fd}").readlink())), real(fd))
    )
    at_insert = []
    create = StoredFile.objects.create
    monkeypatch.setattr(
        StoredFile.objects, "create", lambda **row: (at_insert.extend(synced), create(**row))[1]
    )
    file = store(picture())
    assert str(media / file.key) in at_insert
    assert str((media / file.key).parent) in at_insert
    assert str(media) in at_insert


def test_delete_takes_row_and_content(media, django_capture_on_commit_callbacks):
    file = store(picture())
    with django_capture_on_commit_callbacks(execute=True):
        operations.delete(file)
        assert (media / file.key).exists(), "until commit"
    assert not StoredFile.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_orphans_of_a_crash_go_after_a_day(media, later):
    file = store(picture())
    with transaction.atomic():
        lost = store(picture())
        transaction.set_rollback(True)
    assert (media / lost.key).exists()
    assert operations.remove_orphans() == 0, "it may still be in the making"
    with later():
        assert operations.remove_orphans() == 2
    assert (media / file.key).exists()
    assert (media / file.preview_key).exists()
    assert not (media / lost.key).exists()


def test_unused_files_go_after_two_days(media, django_capture_on_commit_callbacks, later):
    from django.apps import apps

    used, unused = store(picture()), store(picture())
    draft = apps.get_model("cases.Draft")(mark="m", updated_at=used.created_at)
    draft.save()
    draft.files.add(used)
    with later(3), django_capture_on_commit_callbacks(execute=True):
        assert operations.remove_unused() == 1
    assert list(StoredFile.objects.all()) == [used]
    assert not (media / unused.key).exists()
