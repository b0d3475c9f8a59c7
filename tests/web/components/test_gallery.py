"""The gallery and the pages of refusals come out in every language and for both audiences."""

import gzip
from pathlib import Path

import pytest
from django.template import loader

from huiyin.web import assets

LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
PAGE_LIMIT = 120 * 1024


@pytest.mark.parametrize("audience", ["public", "staff"])
@pytest.mark.parametrize(("code", "tag"), LANGUAGES.items())
def test_the_gallery_opens_in_every_language(client, db, audience, code, tag):
    html = client.get("/_gallery/", {"audience": audience, "lang": code, "errors": "1"}).content.decode()
    assert f'<html lang="{tag}"' in html
    assert f"bundle/{audience}.css" in html
    assert "<script>" not in html
    assert " style=" not in html


def test_only_staff_see_a_note(client, db):
    assert "hy-note" in client.get("/_gallery/", {"audience": "staff"}).content.decode()
    assert "hy-note" not in client.get("/_gallery/").content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429])
def test_a_page_of_refusal_says_what_happened_and_what_next(rf, status):
    html = loader.get_template(f"{status}.html").render({"message": "The words of the verb."}, rf.get("/x"))
    assert html.count("<h1") == 1
    assert "The words of the verb." in html
    assert html.count('<p class="govuk-body">') >= 3


def test_the_page_of_faults_needs_nothing():
    html = Path(loader.get_template("500.html").origin.name).read_text(encoding="utf-8")
    assert "{%" not in html
    assert "{{" not in html


@pytest.mark.skipif(not (assets.BUNDLE / "public.css").is_file(), reason="NO BUNDLE: run make setup")
def test_a_public_page_is_small(client, db):
    html = client.get("/_gallery/").content
    parts = [html, *((assets.BUNDLE / name).read_bytes() for name in ("public.css", "public.js"))]
    assert sum(len(gzip.compress(part)) for part in parts) < PAGE_LIMIT


@pytest.mark.skipif(not (assets.BUNDLE / "public.css").is_file(), reason="NO BUNDLE: run make setup")
def test_nothing_of_the_crown_is_in_the_bundle():
    for name in ("public.css", "staff.css", "public.js", "staff.js"):
        text = (assets.BUNDLE / name).read_text(encoding="utf-8").lower()
        for word in ("gds transport", "logotype", "crest", "googleapis", "cdn."):
            assert word not in text, f"{word} in {name}"
