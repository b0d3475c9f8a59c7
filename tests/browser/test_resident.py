"""A resident in a real browser: on a phone by keyboard only, and once without JavaScript."""

import pytest
from playwright.sync_api import expect

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, publishing
from huiyin.questionnaires.models import Form
from tests import factories
from tests.browser.keys import enter, press_to

QUESTIONS = [
    {
        "code": "extent",
        "type": "one_of",
        "required": True,
        "labels": {"zh-hans": "是一盏还是整排？", "en": "One lamp or a whole row?"},
        "options": [
            {"code": "one", "labels": {"zh-hans": "一盏", "en": "One"}},
            {"code": "row", "labels": {"zh-hans": "整排", "en": "A whole row"}},
        ],
    }
]
TEXT = "学院路12号门口的路灯不亮，已经三天了。"


@pytest.fixture
def city(live_server):
    """One unit, one service with a question, the web channel."""
    factories.channel("web")
    unit = factories.unit(names={"zh-hans": "市政道路处", "en": "Roads Office"})
    form = Form.objects.create(questions=QUESTIONS)
    factories.service(unit=unit, code="street-light", form=form, keywords=["路灯", "灯不亮"])
    return unit


def test_a_phone_by_keyboard_only(city, open_context, assert_accessible, assert_fits):
    page = open_context(width=320).new_page()
    page.goto("/")
    page.locator("#id_text").focus()
    page.keyboard.type(TEXT)
    expect(page.locator("[data-huiyin-suggestions]")).to_contain_text("Street light")
    press_to(page, "Continue")
    enter(page)
    assert_accessible(page)
    press_to(page, "Street light")
    page.keyboard.press("Space")
    press_to(page, "Continue")
    enter(page)
    press_to(page, "One")
    page.keyboard.press("Space")
    press_to(page, "Continue")
    enter(page)
    assert "place" in page.url
    page.locator("#id_place_text").focus()
    page.keyboard.type("东门")
    press_to(page, "Continue")
    enter(page)
    press_to(page, "Continue")
    enter(page)
    assert_fits(page)
    press_to(page, "Continue")
    enter(page)
    expect(page.locator("dl")).to_contain_text("东门")
    press_to(page, "Send")
    enter(page)
    assert_accessible(page)
    assert_fits(page)
    case = Case.objects.get()
    secret = page.locator(".hy-secret").inner_text().strip()
    press_to(page, "I have noted")
    enter(page)
    page.locator("#id_number").fill(case.number)
    page.locator("#id_secret").fill(secret.lower())
    press_to(page, "Open")
    enter(page)
    expect(page.locator("main")).to_contain_text(TEXT)
    assert_accessible(page)
    assert_fits(page)


def test_without_javascript_in_chinese_up_to_the_verdict(city, open_context):
    page = open_context(width=320, language="zh-hans", javascript=False).new_page()
    page.goto("/")
    page.locator("#id_text").fill(TEXT)
    page.locator("main form button[type=submit]").first.click()
    page.locator("input[name=service][value=street-light]").check()
    page.locator("main form button[type=submit]").click()
    page.locator("input[name=extent][value=row]").check()
    page.locator("main form button[type=submit]").click()
    page.locator("#id_place_text").fill("东门")
    page.locator("main form button[type=submit]").click()
    page.locator("main form button[type=submit]:not([name])").last.click()
    page.locator("input[name=anonymity][value=nobody]").check()
    page.locator("main form button[type=submit]").click()
    page.locator("form[action='/tell/send/'] button").click()
    secret = page.locator(".hy-secret").inner_text().strip()
    case = Case.objects.get()
    assert case.intake[0]["shown"] == "整排"

    officer = acting.staff(factories.user((Role.OFFICER, city)))
    handling.answer(case.pk, text="已经修好，请您看一看。", outcome=Outcome.SOLVED, actor=officer)
    page.goto("/follow/")
    page.locator("#id_number").fill(case.number)
    page.locator("#id_secret").fill(secret)
    page.locator("main form button[type=submit]").click()
    assert "已经修好" in page.locator("main").inner_text()
    page.goto("/follow/verdict/")
    for name, value in (("contacted", "yes"), ("solved", "partly"), ("satisfaction", "3")):
        page.locator(f"input[name={name}][value='{value}']").check()
    page.locator("main form button[type=submit]").click()
    assert page.url.endswith("/follow/reopen/")
    page.locator("#id_text").fill("另一边还是黑的")
    page.locator("main form button[type=submit]").click()
    assert Case.objects.get().state == "in_progress"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_public_screen_is_accessible_and_fits(
    city, open_context, assert_accessible, assert_fits, language
):
    officer = acting.staff(factories.user((Role.OFFICER, city)))
    filed = factories.filed(unit=city)
    handling.ask(filed.case.pk, text="请问是哪一盏？", actor=officer)
    publishing.publish(
        filed.case.pk,
        public=publishing.PublicText(title="路灯不亮：学院路", text="路灯三天不亮"),
        actor=officer,
    )
    page = open_context(width=320, language=language).new_page()
    page.goto("/")
    page.locator("#id_text").fill(TEXT)
    page.locator("main form button[type=submit]").first.click()
    page.locator("input[name=service][value=street-light]").check()
    page.locator("main form button[type=submit]").click()
    paths = [
        "/", "/tell/matter/", "/tell/service/", "/tell/service/all/", "/tell/questions/", "/tell/place/", "/tell/files/",
        "/tell/contact/", "/cases/", "/cases/?q=nothing-like-it", f"/cases/{filed.case.number}/", "/figures/", "/follow/",
        "/privacy/", "/accessibility/",
        "/cases/000/",
    ]  # fmt: skip
    for path in paths:
        page.goto(path)
        assert_accessible(page)
        assert_fits(page)
    page.goto("/follow/")
    page.locator("#id_number").fill(filed.case.number)
    page.locator("#id_secret").fill(filed.secret)
    page.locator("main form button[type=submit]").click()
    for path in (
        "/follow/case/",
        "/follow/withdraw/",
        "/follow/verdict/",
        "/follow/reopen/",
        "/follow/contact/",
    ):
        page.goto(path)
        assert_accessible(page)
        assert_fits(page)


def test_a_form_with_mistakes_says_what_to_mend(city, open_context, assert_accessible):
    page = open_context(width=320).new_page()
    page.goto("/tell/matter/")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Tell us what is the matter")
    assert_accessible(page)
