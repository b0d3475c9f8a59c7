"""Those who work on cases, in a real browser: a call by keyboard, the whole thread in Chinese, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling
from huiyin.knowledge.models import ReplyTemplate
from huiyin.people.operations import create_contact
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
LONG = "Straßenbeleuchtungsanlageninstandsetzungsbeauftragter 路灯设施日常养护与应急抢修联合办公室第二分队"


@pytest.fixture
def city(live_server):
    """One unit, one service with a question, the web and the telephone, a reply template."""
    factories.channel("web")
    factories.channel("phone")
    unit = factories.unit(names={"zh-hans": "市政道路处", "en": "Roads Office"})
    form = Form.objects.create(questions=QUESTIONS)
    factories.service(unit=unit, code="street-light", form=form, keywords=["路灯", "灯不亮"])
    return unit


@pytest.fixture
def at_desk(city, open_context, sign_in):
    """`at_desk(Role.OFFICER, width=1280)`: a page of somebody who works in the unit."""

    def open_desk(role: Role, *, name: str, **options) -> Page:
        where = city if role in {Role.OFFICER, Role.UNIT_HEAD} else None
        context = open_context(**options)
        sign_in(context, factories.user((role, where), name=name))
        return context.new_page()

    return open_desk


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def tell(page: Page) -> tuple[str, str]:
    """Raise a case as a resident does; its number and secret."""
    page.goto("/")
    page.locator("#id_text").fill(TEXT)
    press(page, "main form button[type=submit]")
    page.locator("input[name=service][value=street-light]").check()
    press(page, "main form button[type=submit]")
    page.locator("input[name=extent][value=row]").check()
    press(page, "main form button[type=submit]")
    page.locator("#id_place_text").fill("东门")
    press(page, "main form button[type=submit]")
    press(page, "main form button.govuk-button:not(.govuk-button--secondary)")
    page.locator("input[name=anonymity][value=nobody]").check()
    press(page, "main form button[type=submit]")
    press(page, "form[action='/tell/send/'] button")
    return Case.objects.get().number, page.locator(".hy-secret").inner_text().strip()


def follow(page: Page, number: str, secret: str) -> None:
    page.goto("/follow/")
    page.locator("#id_number").fill(number)
    page.locator("#id_secret").fill(secret)
    press(page, "main form button[type=submit]")


def send_letter(page: Page, number: str, letter: str, text: str) -> None:
    """Write, look at it as the person will see it, send."""
    page.goto(f"/desk/cases/{number}/letter/")
    page.locator("#id_letter").select_option(letter)
    page.locator("#id_text").fill(text)
    press(page, "button[value=preview]")
    assert text in page.locator(".hy-letter__words").inner_text()
    press(page, "button[value=send]")


def test_a_call_by_keyboard_only(at_desk, assert_accessible):
    page = at_desk(Role.OPERATOR, name="林悦")
    page.goto("/desk/call/")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.type(TEXT)
    expect(page.locator("#suggested")).to_contain_text("Street light")
    press_to(page, "Street light")
    enter(page)
    expect(page.locator("#questions")).to_contain_text("One lamp or a whole row?")
    press_to(page, "One")
    page.keyboard.press("Space")
    press_to(page, "Where is it?")
    page.keyboard.type("东门")
    press_to(page, "Phone number")
    page.keyboard.type("13812345678")
    assert_accessible(page)
    press_to(page, "File it and show the slip")
    enter(page)
    page.wait_for_url("**/desk/call/slip/")
    assert_accessible(page)
    case = Case.objects.get()
    assert (case.place_text, case.intake[0]["shown"]) == ("东门", "One")
    page.emulate_media(media="print")
    expect(page.locator(".hy-slip-sheet")).to_contain_text(case.number)
    expect(page.locator(".hy-slip-sheet__qr svg")).to_be_visible()
    for hidden in (".hy-bar__side", ".govuk-button", ".moj-primary-navigation"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.emulate_media(media="screen")
    press_to(page, "Next call")
    enter(page)
    assert page.url.endswith("/desk/call/")


def test_the_whole_thread_in_chinese(city, at_desk, open_context, assert_accessible, assert_fits):
    resident = open_context(width=320, language="zh-hans").new_page()
    number, secret = tell(resident)

    head = at_desk(Role.UNIT_HEAD, name="周科长", language="zh-hans")
    officer = at_desk(Role.OFFICER, name="林越", language="zh-hans")
    head.goto("/desk/?tab=unit")
    expect(head.locator("[data-huiyin-actions]")).to_be_hidden()
    head.locator("[data-huiyin-all]").check()
    head.locator("#bulk-officer").select_option(label="林越")
    assert_accessible(head)
    press(head, "button[value=give]")

    officer.goto("/desk/?tab=mine")
    officer.keyboard.press("j")
    enter(officer)
    assert officer.url.endswith(f"/desk/cases/{number}/")
    press(officer, "form[action$='/do/sign_for/'] button")
    # Only now is it signed for: a letter begun before that would be told of the change.
    expect(officer.locator("form[action$='/do/sign_for/']")).to_have_count(0)
    send_letter(officer, number, "ask:", "请问是哪一盏灯？")
    assert_accessible(officer)
    follow(resident, number, secret)
    expect(resident.locator("main")).to_contain_text("请问是哪一盏灯？")
    resident.locator("#id_text").fill("靠近大门的那一盏。")
    press(resident, "form[action='/follow/write/'] button")

    officer.goto(f"/desk/cases/{number}/")
    expect(officer.locator("main")).to_contain_text("靠近大门的那一盏。")
    send_letter(officer, number, "answer:solved", "已经修好，请您看一看。")
    officer.goto(f"/desk/cases/{number}/publish/")
    officer.locator("input[name=checked]").check()
    assert_accessible(officer)
    press(officer, "main form button[type=submit]")

    follow(resident, number, secret)
    press(resident, "a[href='/follow/verdict/']")
    for name, value in (("contacted", "yes"), ("solved", "yes"), ("satisfaction", "5")):
        resident.locator(f"input[name={name}][value='{value}']").check()
    press(resident, "main form button[type=submit]")
    resident.goto(f"/cases/{number}/")
    assert_fits(resident)
    expect(resident.locator("main")).to_contain_text("已经修好")
    case = Case.objects.get()
    assert (case.state, case.replies.get(outcome=Outcome.SOLVED).verdict.satisfaction) == ("closed", 5)
    officer.goto(f"/desk/cases/{number}/")
    # Nothing of the thread is told in another language.
    assert "Answer" not in officer.locator("main").inner_text()


@pytest.fixture
def full_case(city):
    """A case with everything its page can show, in words as long as they come."""
    contact = create_contact(name=LONG[:60], phone="13812345678", email="a@example.org", address=LONG)
    filed = factories.filed(unit=city, contact=contact, text=LONG * 4, place_text=LONG)
    actor = acting.staff(factories.user((Role.OFFICER, city), name=LONG[:60]))
    number = filed.case.pk
    handling.sign_for(number, actor=actor)
    handling.write_note(number, text=LONG, actor=actor)
    handling.inform(number, text=LONG, actor=actor)
    ReplyTemplate.objects.create(title=LONG[:80], text="您好 {number}", language="zh-hans")
    return filed.case


def test_long_words_fit_a_phone_and_dark_mode_is_readable(
    full_case, at_desk, assert_accessible, assert_fits, screenshot
):
    page = at_desk(Role.UNIT_HEAD, name=LONG[:60], width=320, language="zh-hans")
    page.emulate_media(color_scheme="dark")
    case = f"/desk/cases/{full_case.number}/"
    paths = {
        "list": "/desk/?filter=1&tab=unit", "case": case, "letter": f"{case}letter/", "publish": f"{case}publish/",
        "missing": "/desk/cases/1/", "roles": "/manage/roles/",
        **{name: f"{case}do/{name}/" for name in ("take", "classify", "contact", "note", "person_writes")},
    }  # fmt: skip
    for name, path in paths.items():
        page.goto(path)
        screenshot(page, f"staff-dark-{name}-320")
        assert_fits(page)
        assert_accessible(page)


def test_desk_without_javascript(full_case, at_desk):
    page = at_desk(Role.UNIT_HEAD, name="周科长", width=320, javascript=False)
    page.goto("/desk/?filter=1&tab=unit")
    page.locator("#filter-q").fill("路灯设施")
    press(page, "form[role=search] button")
    page.locator("input[name=selected]").check()
    page.locator("#bulk-officer").select_option(index=1)
    press(page, "button[value=give]")
    page.goto(f"/desk/cases/{full_case.number}/")
    page.locator("#note-text").fill("明天去现场")
    press(page, "form[action$='/do/note/'] button")
    expect(page.locator(".hy-story")).to_contain_text("明天去现场")
    page.goto(f"/desk/cases/{full_case.number}/letter/")
    page.locator("#template").select_option(index=1)
    press(page, "button[value=template]")
    assert full_case.number in page.locator("#id_text").input_value()
    page.locator("#id_letter").select_option("answer:solved")
    press(page, "button[value=preview]")
    press(page, "button[value=edit]")
    page.locator("#id_text").fill("已经修好。")
    press(page, "button[value=preview]")
    press(page, "button[value=send]")
    assert Case.objects.get(pk=full_case.pk).state == "answered"

    page = at_desk(Role.OPERATOR, name="林悦", width=320, javascript=False)
    page.goto("/desk/call/")
    page.locator("#id_text").fill(TEXT)
    page.locator("#id_phone").fill("13812345678")
    press(page, "button[value=look].hy-no-js")
    expect(page.locator(f'#earlier a[href*="{full_case.number}"]')).to_be_visible()
    press(page, "button[value=street-light]")
    page.locator("input[name=q-extent][value=one]").check()
    press(page, "button[value=file]")
    assert page.url.endswith("/desk/call/slip/")


def test_an_administrator_sets_up_a_city_without_javascript(at_desk):
    page = at_desk(Role.ADMINISTRATOR, name="罗安", width=320, javascript=False)
    page.goto("/manage/units/new/")
    page.locator("#id_code").fill("water")
    page.locator("#id_names_zh-hans").fill("供水处")
    press(page, "main form button[type=submit]")
    page.goto("/manage/services/new/")
    page.locator("#id_code").fill("leak")
    page.locator("#id_public_names_zh-hans").fill("漏水")
    page.locator("#id_unit_id").select_option(label="供水处")
    press(page, "main form button[type=submit]")
    page.goto("/manage/services/leak/questions/")
    page.get_by_role("link", name="Add a question").click()
    page.locator("#id_labels_zh-hans").fill("漏了多久？")
    page.locator("#id_code").fill("since")
    page.get_by_label("Text", exact=True).check()
    page.get_by_role("button", name="Keep").click()
    page.locator("#id_change_note").fill("The crew must know")
    page.get_by_role("button", name="Put into force").click()
    page.goto("/manage/users/new/")
    page.locator("#id_username").fill("lin")
    page.locator("#id_name").fill("林悦")
    press(page, "main form button[type=submit]")
    expect(page.locator(".hy-code")).to_be_visible()
    page.goto("/manage/settings/ordinary_limit/")
    page.locator("#id_value").fill("5d working")
    press(page, "main form button[type=submit]")
    page.goto("/manage/audit/")
    for action in ("unit.", "service.", "user.", "setting."):
        expect(page.locator("main")).to_contain_text(action)
    page.context.clear_cookies()
    page.goto("/tell/matter/?lang=zh-hans")
    page.locator("#id_text").fill("家门口漏水")
    press(page, "main form button[type=submit]")
    page.locator("input[name=service][value=leak]").check()
    press(page, "main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("漏了多久？")
