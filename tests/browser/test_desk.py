"""Desk screens as officers and operators see them: every width, both languages, with axe and with the keyboard."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, person
from huiyin.kernel import clock
from huiyin.knowledge.models import ReplyTemplate
from huiyin.people.operations import create_contact
from huiyin.questionnaires.models import Form
from huiyin.topics.operations import finding
from huiyin.topics.queries import showing
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ["zh-hans", "en"]
TEXTS = [
    "小区东门到地铁口这一段的路灯坏了快一周，孩子六点放学回家要摸黑走，请尽早派人来看看。我叫张三丰，电话13812345678。",
    "The Straßenbeleuchtungsinstandsetzungsmaßnahme announced for spring has not begun; six lamps by the school are dark.",
    "夜里十一点以后工地还在施工，声音很大，老人睡不着。",
    "楼道里堆满杂物，消防通道走不通。",
]


@pytest.fixture
def city():
    """A unit with its head, an officer, and cases in several states."""
    unit = factories.unit(names={"zh-hans": "市城管局照明管理所", "en": "Street lighting office"})
    head = factories.user((Role.UNIT_HEAD, unit), name="林越")
    officer = factories.user((Role.OFFICER, unit), name="陈静")
    factories.channel("phone", names={"zh-hans": "电话", "en": "Telephone"})
    factories.channel("counter", names={"zh-hans": "窗口", "en": "Counter"})
    questions = [
        {
            "code": "lamps",
            "type": "number",
            "labels": {"zh-hans": "坏了几盏？", "en": "How many lamps?"},
            "required": True,
        },
        {
            "code": "danger",
            "type": "yes_no",
            "labels": {"zh-hans": "有电线外露吗？", "en": "Are wires exposed?"},
        },
    ]
    service = factories.service(
        unit=unit, form=Form.objects.create(questions=questions), keywords=["路灯"],
        public_names={"zh-hans": "路灯不亮", "en": "Street light out"},
    )  # fmt: skip
    ReplyTemplate.objects.create(title="收到", text="您好，编号{number}已由{unit}受理，{deadline}前答复。")
    cases = []
    for number in range(14):
        case = factories.case(
            text=TEXTS[number % len(TEXTS)], version=service.current, place_text="莲花路 12 号附近，学校门口",
            contact=create_contact(name="张三丰", phone="13812345678"), point=(26.08, 119.3),
            channel=factories.channel("phone"), intake=[{"code": "lamps", "label": "坏了几盏？", "value": "6", "shown": "6"}],
        )  # fmt: skip
        hours = (-80, -5, 3, 26, 60, 100, 160)[number % 7]
        Case.objects.filter(pk=case.pk).update(due_at=clock.now() + dt.timedelta(hours=hours))
        cases.append(case)
    actor = acting.staff(officer)
    case = cases[2]
    handling.sign_for(case.pk, actor=actor)
    handling.write_note(case.pk, text="电缆老化，整排要换，已报计划。", actor=actor)
    handling.ask(case.pk, text="您好，请问是靠近学校的哪几盏？", actor=actor)
    person.write(case.pk, text="从校门口数起第二盏到第七盏。")
    handling.inform(cases[3].pk, text="已派人。", actor=actor)
    handling.ask(cases[4].pk, text="哪一天？", actor=actor)
    for more in cases[8:13]:
        Case.objects.filter(pk=more.pk).update(text=TEXTS[2])
    finding.refresh()
    return {"head": head, "officer": officer, "cases": cases, "case": case, "service": service, "unit": unit}


def screens(city):
    number = city["case"].number
    supervisor = factories.user((Role.SUPERVISOR, None), name="督办员")
    received = city["cases"][5].number
    return {
        "worklist": (city["head"], reverse("desk:worklist") + "?filter=1"),
        "worklist-filtered": (city["head"], reverse("desk:worklist") + "?filter=1&q=路灯&kind=help&tab=all"),
        "worklist-empty": (city["officer"], reverse("desk:worklist") + "?filter=1&q=没有这个词"),
        "absences": (city["head"], reverse("desk:absences")),
        "absence": (city["officer"], reverse("desk:absence", args=[city["officer"].pk])),
        "search": (city["head"], reverse("desk:search")),
        "search-found": (city["head"], reverse("desk:search") + "?q=路燈&order=best"),
        "search-none": (city["head"], reverse("desk:search") + "?q=长颈鹿"),
        "topics": (supervisor, reverse("desk:topics")),
        "topics-earlier": (supervisor, reverse("desk:topics_earlier")),
        "topic": (supervisor, reverse("desk:topic", args=[showing.hottest()[0].pk])),
        "case": (city["officer"], reverse("desk:case", args=[number])),
        "case-take": (city["head"], reverse("desk:act", args=[received, "take"])),
        "case-classify": (city["head"], reverse("desk:act", args=[received, "classify"])),
        "letter": (city["officer"], reverse("desk:letter", args=[number]) + "?kind=ask"),
        "publish": (city["officer"], reverse("desk:publish", args=[city["cases"][0].number])),
        "proposal": (city["head"], reverse("desk:proposal", args=[number])),
        "dispatch": (factories.user((Role.DISPATCHER, None), name="派单员"), reverse("desk:dispatch")),
        "reviews": (factories.user((Role.DISPATCHER, None), name="复核员"), reverse("desk:reviews")),
        "call": (factories.user((Role.OPERATOR, None), name="接线员"), reverse("desk:intake")),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_accessible_and_fits(
    language, width, city, open_context, sign_in, assert_accessible, assert_fits, screenshot
):
    for name, (user, url) in screens(city).items():
        context = open_context(width=width, language=language)
        sign_in(context, user)
        page = context.new_page()
        page.goto(url)
        screenshot(page, f"desk-{name}-{language}-{width}")
        assert_fits(page)
        assert_accessible(page)
        context.close()


def test_keys_move_through_the_list_and_open_a_case(city, open_context, sign_in):
    context = open_context()
    sign_in(context, city["head"])
    page = context.new_page()
    page.goto(reverse("desk:worklist"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    first = page.locator("[data-huiyin-worklist] tbody tr a").nth(1)
    expect(first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-huiyin-count]")).to_have_text("1")
    page.keyboard.press("?")
    expect(page.locator("#huiyin-keys")).to_be_visible()
    page.keyboard.press("Escape")
    first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/cases/\d{11}/"))


@pytest.mark.parametrize("javascript", [True, False])
def test_an_officer_answers(javascript, city, open_context, sign_in, screenshot, assert_accessible):
    context = open_context(javascript=javascript)
    sign_in(context, city["officer"])
    page = context.new_page()
    page.goto(reverse("desk:case", args=[city["cases"][0].number]))
    page.get_by_role("button", name="Sign for", exact=True).click()
    page.get_by_role("button", name="Write the answer").click()
    page.get_by_label("Template").select_option("收到")
    page.get_by_role("button", name="Put it in").click()
    page.get_by_label("This letter is").select_option("answer:solved")
    page.get_by_role("button", name="Look at it as the person will see it").click()
    expect(page.get_by_role("heading", name="As the person will see it")).to_be_visible()
    if javascript:
        assert_accessible(page)
        screenshot(page, "desk-letter-preview-en-1280")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Answered: Solved.")).to_be_visible()


def test_two_officers_at_once_lose_nothing(city, open_context, sign_in, screenshot, assert_accessible):
    case = city["case"]
    context = open_context()
    sign_in(context, city["officer"])
    page = context.new_page()
    page.goto(reverse("desk:letter", args=[case.number]))
    page.get_by_label("This letter is").select_option("answer:partly")
    page.get_by_label("Letter to the person").fill("写了一个小时的答复。")
    handling.write_note(case.pk, text="我也在看这个。", actor=acting.staff(city["head"]))
    page.get_by_role("button", name="Look at it as the person will see it").click()
    expect(page.get_by_role("heading", name="Changed while you were writing")).to_be_visible()
    expect(page.get_by_label("Letter to the person")).to_have_value("写了一个小时的答复。")
    screenshot(page, "desk-conflict-en-1280")
    assert_accessible(page)
    page.get_by_role("button", name="Look at it as the person will see it").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Answered: Partly solved.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_operator_takes_a_call(javascript, city, open_context, sign_in, screenshot, assert_accessible):
    context = open_context(javascript=javascript)
    sign_in(context, factories.user((Role.OPERATOR, None), name="接线员"))
    page = context.new_page()
    page.goto(reverse("desk:intake"))
    page.get_by_label("What is the matter?").press_sequentially("学校门口路灯不亮")
    if javascript:
        page.get_by_role("button", name="Street light out").wait_for()
    page.get_by_label("Service").select_option(city["service"].code)
    page.get_by_label("Phone number").fill("13812345678")
    page.get_by_label("Phone number").press("Tab")
    if not javascript:
        page.get_by_role("button", name="Show the questions").click()
    page.get_by_label("How many lamps?").fill("6")
    expect(page.get_by_text("Earlier cases of this caller")).to_be_visible()
    if javascript:
        assert_accessible(page)
        screenshot(page, "desk-call-filled-en-1280")
    page.get_by_role("button", name="File it and show the slip").click()
    expect(page.get_by_role("heading", name="Slip for the caller")).to_be_visible()
    if javascript:
        assert_accessible(page)
        screenshot(page, "desk-slip-en-1280")
    assert Case.objects.filter(filed_by__isnull=False).count() == 1
