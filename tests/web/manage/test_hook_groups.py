"""The form of a web hook: every event once, in groups."""

import pytest

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Action
from huiyin.hooks.models import Hook
from huiyin.web.manage import hooks
from tests import factories, staff

pytestmark = pytest.mark.django_db


def test_every_event_stands_in_one_group():
    codes = [code for _name, options in hooks._grouped() for code, _label in options]
    assert sorted(codes) == sorted(
        f"case.{action.value}" for action in Action if action.value not in hooks.NOT_TOLD
    )
    assert len(codes) == len(set(codes))


def test_what_is_ticked_in_any_group_is_kept_and_shown_again(client, settings):
    settings.HUIYIN_REACH_PRIVATE = True
    group = factories.service(code="group-of-lights")
    factories.service(code="hooked-light", parent=group)
    client.force_login(staff.user(Role.ADMINISTRATOR))
    given = {
        "name": "Board", "url": "http://127.0.0.1:9/x", "events": ["case.answer", "case.merge"], "services": ["hooked-light"],
    }  # fmt: skip
    assert client.post("/manage/hooks/new/", given).status_code == 200
    row = Hook.objects.get(name="Board")
    assert (row.events, row.services) == (["case.answer", "case.merge"], ["hooked-light"])
    page = client.get(f"/manage/hooks/{row.pk}/edit/").content.decode()
    assert page.count("checked") == 3
    for group_name in ("The way of a case", "Several cases"):
        assert group_name in page
    given["events"] = ["case.nonsense"]
    assert b"govuk-error-summary" in client.post(f"/manage/hooks/{row.pk}/edit/", given).content
