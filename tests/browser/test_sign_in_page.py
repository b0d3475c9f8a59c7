"""The sign-in page looks like ours and works without a mouse."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_sign_in_is_accessible(open_context, width, language, assert_accessible, assert_fits, screenshot):
    page = open_context(width=width, language=language).new_page()
    page.goto("/accounts/login/")
    page.locator("form.hy-narrow button[type=submit]").first.click()
    page.locator(".govuk-error-summary").wait_for()
    # Two errors and the way back: nothing leads to a page that is not there.
    expect(page.locator("main a")).to_have_count(3)
    assert_fits(page)
    assert_accessible(page)
    screenshot(page, f"sign-in-{language}-{width}")
