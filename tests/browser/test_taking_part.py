"""Taking part in a consultation on the smallest telephone, with the keyboard alone and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from huiyin.consultations.models import Statement, Vote
from tests.browser.keys import FOCUSED, press_to
from tests.factories import consulting

SEEDS = ("每个路口都应该有无障碍坡道。", "非机动车道要和机动车道隔开。", "菜市场门口不许停车。")


def enter(page: Page, shows: str) -> None:
    """Press Enter and wait for what comes: a page, or with a script a part of one."""
    page.keyboard.press("Enter")
    page.get_by_text(shows).wait_for()


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "script"])
def test_the_whole_way(javascript, open_context, assert_fits, live_server, transactional_db):
    row = consulting.opened(seeds=SEEDS, votes_before_writing=1)
    page = open_context(width=320, language="zh-hans", javascript=javascript).new_page()
    page.goto(f"/consultations/{row.code}/")
    assert_fits(page)
    press_to(page, "参与")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    first = page.locator("h1").inner_text()
    assert first in SEEDS
    assert_fits(page)
    press_to(page, "不赞同")
    enter(page, "已表态 1 条")
    second = page.locator("h1").inner_text()
    assert second != first
    # The next statement has the focus, and the answers are the next keys: nobody walks through the head of the page again.
    assert page.evaluate(FOCUSED) == second
    page.keyboard.press("Tab")
    assert "赞同" in page.evaluate(FOCUSED)
    enter(page, "已表态 2 条")
    press_to(page, "撤回上一条表态")
    enter(page, "已表态 1 条")
    assert page.locator("h1").inner_text() == second, "what was taken back is asked again"
    given = [(vote.statement.text, vote.value) for vote in Vote.objects.order_by("pk")]
    assert given == [(first, -1), (second, 1), (second, None)]
    press_to(page, "不确定")
    enter(page, "已表态 2 条")
    press_to(page, "赞同")
    enter(page, "您已对全部观点表态")
    assert_fits(page)
    press_to(page, "写一条观点")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert_fits(page)
    press_to(page, "您的观点")
    page.keyboard.insert_text("公交站要有座位。")
    press_to(page, "提交")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Statement.objects.filter(text="公交站要有座位。").exists()
    page.goto(f"/consultations/{row.code}/mine/")
    assert_fits(page)
    expect(page.get_by_text("公交站要有座位。")).to_be_visible()
    press_to(page, "修改")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() in SEEDS
