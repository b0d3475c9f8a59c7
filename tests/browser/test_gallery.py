"""The gallery of components: no barrier, nothing too wide, working keys, nothing lost."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("audience", ["public", "staff"])
def test_components_are_accessible_and_fit(
    open_context, width, language, audience, assert_accessible, assert_fits, screenshot
):
    page = open_context(width=width, language=language).new_page()
    page.goto(f"/_gallery/?audience={audience}&errors=1")
    page.wait_for_selector(".js-enabled")
    assert_fits(page)
    assert_accessible(page)
    screenshot(page, f"gallery-{audience}-{language}-{width}")


def test_staff_components_are_accessible_in_the_dark(open_context, assert_accessible):
    page = open_context(color_scheme="dark").new_page()
    page.goto("/_gallery/?audience=staff&errors=1")
    page.wait_for_selector("canvas")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 25, 24)"
    assert_accessible(page)


def test_public_pages_stay_light(open_context):
    page = open_context(color_scheme="dark").new_page()
    page.goto("/_gallery/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_without_script_everything_is_there(open_context):
    page = open_context(javascript=False).new_page()
    page.goto("/_gallery/?audience=staff")
    expect(page.locator("[data-huiyin-actions]")).to_be_visible()
    expect(page.locator("figure table")).to_be_visible()
    expect(page.locator("input[type=file]")).to_be_visible()
    expect(page.locator(".hy-chart__canvas")).to_be_hidden()


def test_keys_walk_through_the_worklist(page):
    page.goto("/_gallery/?audience=staff")
    page.wait_for_selector(".js-enabled")
    expect(page.locator("[data-huiyin-actions]")).to_be_hidden()
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#1"
    page.keyboard.press("x")
    assert page.locator("[data-huiyin-count]").inner_text() == "1"
    page.keyboard.press("?")
    expect(page.locator("#huiyin-keys")).to_be_visible()


def test_keys_are_letters_while_one_types(page):
    page.goto("/_gallery/?audience=staff")
    page.wait_for_selector(".js-enabled")
    page.locator("textarea").press_sequentially("jk?")
    assert page.locator("textarea").input_value() == "jk?"
    expect(page.locator("#huiyin-keys")).to_be_hidden()


def test_a_lost_page_loses_no_words(page):
    page.goto("/_gallery/")
    page.wait_for_selector(".js-enabled")
    page.locator("textarea").fill("路灯不亮")
    page.locator(".hy-saved:not(:empty)").wait_for()
    page.reload()
    page.wait_for_selector(".js-enabled")
    assert page.locator("textarea").input_value() == "路灯不亮"
    page.locator("[data-huiyin-forget]").click()
    page.reload()
    page.wait_for_selector(".js-enabled")
    assert page.locator("textarea").input_value() == ""


def test_passwords_are_not_kept_on_the_device(page):
    page.goto("/_gallery/")
    page.wait_for_selector(".js-enabled")
    page.locator("input[name=password]").fill("geheim")
    page.locator(".hy-saved:not(:empty)").wait_for()
    assert "geheim" not in page.evaluate("JSON.stringify(localStorage)")
