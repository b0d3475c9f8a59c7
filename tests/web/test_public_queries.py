"""Public screens ask the database a bounded number of questions, whatever there is to show."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.operations import acting, handling, publishing
from tests import factories

pytestmark = pytest.mark.django_db
MOST = 12
PATHS = [
    "/",
    "/tell/matter/",
    "/cases/",
    "/cases/?q=路灯",
    "/cases/points.json",
    "/cases/feed.atom",
    "/figures/",
    "/follow/",
    "/privacy/",
    "/accessibility/",
]


def publish_one(unit) -> factories.intake.Filed:
    officer = acting.staff(factories.user((Role.OFFICER, unit)))
    filed = factories.filed(unit=unit, point=(31.5, 124.0))
    handling.answer(filed.case.pk, text="已修好", outcome=Outcome.SOLVED, actor=officer)
    public = publishing.PublicText(title="路灯不亮：学院路", text="路灯三天不亮")
    publishing.publish(filed.case.pk, public=public, actor=officer)
    return filed


def count(client: Client, path: str) -> int:
    client.get(path)  # what a process remembers is remembered
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_public_screens_stay_within_their_queries(client):
    factories.channel("web")
    filed = publish_one(factories.unit())
    paths = [*PATHS, f"/cases/{filed.case.number}/"]
    with_one = {path: count(client, path) for path in paths}
    for _more in range(2):
        publish_one(factories.unit())
    with_three = {path: count(client, path) for path in paths}
    assert with_three == with_one
    assert max(with_three.values()) <= MOST, with_three


def test_the_form_and_the_own_page_stay_within_their_queries(client):
    filed = publish_one(factories.unit())
    client.post("/tell/matter/", {"text": "路灯坏了"})
    client.post("/tell/service/", {"service": filed.case.service.code})
    client.post("/follow/", {"number": filed.case.number, "secret": filed.secret})
    steps = ["service", "service/all", "place", "files", "contact", "check"]
    found = {
        path: count(client, path)
        for path in [*(f"/tell/{step}/" for step in steps), "/follow/case/", "/follow/verdict/"]
    }
    assert max(found.values()) <= MOST, found
