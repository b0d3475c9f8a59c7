"""A consultation in a real browser: the vTaiwan statements in Chinese, thirty people voting at once, the map, the answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from playwright.sync_api import expect

from huiyin.accounts.enums import Role
from huiyin.consultations.models import Vote
from huiyin.consultations.operations import answers, importing, maps, phases, planning, taking_part
from huiyin.consultations.queries import maps as reading
from tests import staff
from tests.consultations.test_promises import promised
from tests.factories import consulting
from tests.web.desk.test_consulting import NAMES, url

MANY = tuple(f"第{number}条建议，说一件事。" for number in range(12))


def opened(row):
    draft = consulting.draft(questions={"zh-hans": "网约车应该怎么管？"})
    planning.change(row.pk, draft=draft, actor="system", revision=row.revision)
    phases.schedule(row.pk, actor="system")
    return phases.open_due(row.pk)


def vote_as(row, person):
    try:
        for place, pk in enumerate(row.statements.order_by("number").values_list("pk", flat=True)[:14]):
            lean = 1 if (place + person) % 2 else -1
            taking_part.vote(
                row.pk, statement_id=pk, value=lean, proof=consulting.somebody(f"at-once-{person}")
            )
    finally:
        connections.close_all()


@pytest.mark.realdata
def test_thirty_people_vote_at_once_on_the_vtaiwan_statements(
    live_server, open_context, shared_data, assert_accessible
):
    done = importing.bring_statements(
        shared_data / "polis/dev/vtaiwan.uberx",
        code="uber",
        unit=staff.a_unit(),
        language="zh-hant",
        actor="system",
    )
    row = opened(done.consultation)
    page = open_context(width=320, language="zh-hans").new_page()
    page.goto(f"/consultations/{row.code}/")
    page.get_by_role("button", name="参与", exact=True).click()
    first = page.locator("h1").text_content()
    page.get_by_role("button", name="赞同", exact=True).click()
    expect(page.get_by_text("已表态 1 条")).to_be_visible()
    expect(page.locator("h1")).to_be_focused()
    assert page.locator("h1").text_content() != first
    assert_accessible(page)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda person: vote_as(row, person), range(30)))
    assert Vote.objects.count() == 30 * 14 + 1
    maps.refresh(row.pk)
    page.goto(f"/consultations/{row.code}/map/")
    expect(page.get_by_role("img")).to_be_visible()
    before = reading.map_of(row)
    assert max(group.size for group in before.groups) >= 15
    page.goto(f"/consultations/{row.code}/vote/")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="不赞同").press("Enter")
    expect(page.get_by_text("已表态 2 条")).to_be_visible()
    maps.refresh(row.pk)
    assert reading.map_of(row).votes == before.votes + 1
    phases.close_early(row.pk, reasons={"zh-hans": "演练结束。"}, actor="system")
    verdict = answers.Verdict(
        decision="adopted", reasons={"zh-hans": "写入草案第三条。"}, unit=staff.a_unit()
    )
    ids = list(row.statements.filter(is_meta=False).values_list("pk", flat=True))
    answers.decide(row.pk, statement_ids=ids, verdict=verdict, actor="system")
    answers.conclude(row.pk, conclusions={"zh-hans": "谢谢大家。"}, actor="system")
    phases.answer(row.pk, actor="system")
    page.goto(f"/consultations/{row.code}/")
    expect(page.get_by_text("写入草案第三条。").first).to_be_visible()


def test_every_screen_of_an_organiser_is_accessible_and_fits(
    live_server, open_context, sign_in, width, assert_accessible, assert_fits
):
    row = consulting.opened(seeds=MANY)
    consulting.planted(row, people=20)
    maps.refresh(row.pk)
    context = open_context(width=width)
    sign_in(context, staff.user(Role.SUPERVISOR))
    page = context.new_page()
    for name in (*(name for name in NAMES if name != "consultation_export"), "consultation"):
        page.goto(url(name, row))
        assert_accessible(page)
        assert_fits(page)
    for name in ("", "vote/", "map/", "statements/", "mine/", "write/", "told/"):
        page.goto(f"/consultations/{row.code}/{name}")
        assert_accessible(page)
        assert_fits(page)
    row, made = promised(row)
    for address in (
        *(url(name, row) for name in ("answers", "promises")),
        url("promise_settle", row, made.answer_id),
        *(f"/consultations/{row.code}/{name}" for name in ("", "map/", "statements/", "mine/")),
    ):
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
