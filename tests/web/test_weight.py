"""A public page is small enough for a cheap telephone: what comes over the wire, packed, without map and photos."""

import gzip
import re
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from huiyin.web import assets
from tests import factories
from tests.web.test_public_queries import publish_one

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (assets.BUNDLE / "public.css").is_file(), reason="NO BUNDLE: run make setup"),
]
LIMIT = 120 * 1024
LOADED_BY_ALL = 3  # style sheet, script, icon
# What a page loads by itself: style sheets, scripts, icons. The map is fetched by those who open it.
LOADED = re.compile(rb'<(?:link|script|img)\b[^>]*?(?:href|src)="(?P<path>/static/[^"]+)"')


def packed(client: Client, path: str) -> int:
    """Bytes over the wire: the page as the server packs it, and everything it loads."""
    response = client.get(path, follow=True, headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    html = gzip.decompress(response.content)
    names = {match["path"].decode().removeprefix(settings.STATIC_URL) for match in LOADED.finditer(html)}
    found = {finders.find(name.partition("?")[0]) for name in names} - {None}
    assert len(found) >= LOADED_BY_ALL, names
    return len(response.content) + sum(len(gzip.compress(Path(name).read_bytes())) for name in found)


def test_every_public_page_is_small(client, record_property):
    factories.channel("web")
    unit = factories.unit()
    filed = [publish_one(unit) for _number in range(20)][-1]
    client.post("/tell/matter/", {"text": "路灯坏了"})
    client.post("/tell/service/", {"service": filed.case.service.code})
    client.post("/follow/", {"number": filed.case.number, "secret": filed.secret})
    own = ("case", "verdict", "reopen", "contact", "erase")
    steps = ("matter", "service", "service/all", "questions", "place", "files", "contact", "check")
    paths = [
        "/",
        "/cases/",
        f"/cases/{filed.case.number}/",
        "/figures/",
        "/privacy/",
        "/accessibility/",
        "/log/",
        "/follow/",
        "/accounts/login/",
    ]
    paths += [*(f"/tell/{step}/" for step in steps), *(f"/follow/{name}/" for name in own)]
    weights = {path: packed(client, path) for path in paths}
    heaviest = max(weights, key=lambda path: weights[path])
    told = f"heaviest of {len(weights)} public pages: {heaviest} with {weights[heaviest] / 1024:.1f} KiB"
    record_property("weight", told)
    sys.stdout.write(f"{told}\n")  # shown by pytest -s
    assert weights[heaviest] <= LIMIT, weights
