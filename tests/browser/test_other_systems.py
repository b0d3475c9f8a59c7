"""A case that is worked on in another system: both sides are shown, accessible at every width."""

import pytest
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.kernel import clock
from huiyin.relays.models import Connection, Relay
from tests import factories, staff


@pytest.fixture
def looked_at(assert_accessible, assert_fits, screenshot):
    """Keep a picture of the page, and find nothing to mend."""

    def look(page, name):
        screenshot(page, name)
        assert_fits(page)
        assert_accessible(page)

    return look


@pytest.mark.parametrize(("language", "state"), [("en", "sent"), ("zh-hans", "sent"), ("zh-hans", "failed")])
def test_the_case_page(open_context, sign_in, width, language, state, looked_at, transactional_db):
    unit = staff.a_unit()
    link = Connection.objects.create(
        unit=unit,
        name="市政养护系统",
        endpoint="https://roads.example/v2/",
        default_code="x",
        since=clock.now(),
    )
    case = factories.case(unit=unit)
    Relay.objects.create(
        case=case, connection=link, state=state, due_at=clock.now(), remote_id="SR-2026-0815", remote_status="closed",
        remote_notes="已修复，灯杆 B-7。", asked_at=clock.now(), error="403" if state == "failed" else "",
    )  # fmt: skip
    context = open_context(width=width, language=language)
    sign_in(context, staff.user(Role.OFFICER, unit=unit))
    page = context.new_page()
    page.goto(reverse("desk:case", args=[case.number]))
    page.locator("#relay-title").scroll_into_view_if_needed()
    looked_at(page, f"desk-relay-{state}-{language}-{width}")
