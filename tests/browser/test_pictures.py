"""The two pictures of the README: the home page on a phone, an officer's case page on a laptop. `make pictures` keeps them."""

import datetime as dt

from playwright.sync_api import expect

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.operations import acting, handling, person, publishing
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.people.operations import create_contact
from tests import factories

PLACES = [
    "学院路 12 号",
    "青年公寓东门",
    "码头街菜市场",
    "书院巷口",
    "月湖公园北门",
    "南塘新村",
    "滨江大道公交站",
    "桂苑小区",
]


def published_cases(unit, version, officer) -> None:
    """Some weeks of answered and judged cases."""
    for number, place in enumerate(PLACES):
        with clock.turned_to(clock.now() - dt.timedelta(days=20 - 2 * number)):
            row = factories.case(version=version, text=f"{place}的路灯不亮。", place_text=place)
        with clock.turned_to(clock.now() - dt.timedelta(days=16 - 2 * number)):
            handling.sign_for(row.pk, actor=officer)
            handling.answer(row.pk, text="已经修好，请您看一看。", outcome=Outcome.SOLVED, actor=officer)
            public = publishing.PublicText(title=f"路灯不亮：{place}", text=row.text, public_place=place)
            publishing.publish(row.pk, public=public, actor=officer)
            solved = Solved.PARTLY if number % 4 == 3 else Solved.YES
            given = Given(contacted=True, solved=solved, satisfaction=4)
            person.judge(row.pk, given=given)


def test_pictures_for_the_readme(live_server, open_context, sign_in, screenshot):
    factories.channel("web", names={"zh-hans": "网页", "en": "Web"})
    unit = factories.unit(names={"zh-hans": "市政道路处", "en": "Roads Office"})
    user = factories.user((Role.OFFICER, unit), name="林越")
    officer = acting.staff(user)
    version = factories.service(unit=unit, keywords=["路灯"]).current
    published_cases(unit, version, officer)
    contact = create_contact(name="张三丰", phone="13800000000")
    text = "小区东门到地铁站这一段有六盏路灯不亮，孩子晚上放学要摸黑走。"
    with clock.turned_to(clock.now() - dt.timedelta(days=2)):
        row = factories.case(version=version, contact=contact, text=text, place_text="青年公寓东门")
        handling.sign_for(row.pk, actor=officer)
        handling.ask(row.pk, text="您好，请问是靠近小区的几盏，还是靠近地铁站的几盏？", actor=officer)
    with clock.turned_to(clock.now() - dt.timedelta(days=1)):
        person.write(row.pk, text="靠近小区，从门口数起第二盏到第七盏。")
        handling.write_note(row.pk, text="电缆接头老化，已报抢修班，明天更换。", actor=officer)

    phone = open_context(width=320, language="zh-hans", device_scale_factor=1.5).new_page()
    phone.set_viewport_size({"width": 375, "height": 820})
    phone.goto("/")
    phone.locator("#id_text").fill(text)
    expect(phone.locator("[data-huiyin-suggestions]")).to_contain_text("路灯")
    screenshot(phone, "readme-home", full_page=False)

    context = open_context(language="zh-hans")
    sign_in(context, user)
    laptop = context.new_page()
    laptop.set_viewport_size({"width": 1280, "height": 900})
    laptop.goto(f"/desk/cases/{row.number}/")
    assert laptop.locator(".hy-note").count() >= 1
    screenshot(laptop, "readme-case", full_page=False)
