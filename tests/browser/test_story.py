"""The story of issue and answer, in Chinese: two officers, a dispatcher, an arbiter, a supervisor and two residents.

A case that nobody wants: returned twice, decided by the arbiter, merged with a neighbour's, given more time, answered, found
wanting, opened again and answered once more, up to both residents' verdicts. Everything is done on screens.
"""

import pytest
from playwright.sync_api import Page, expect

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case, Event, Precedent
from huiyin.feedback.models import Verdict
from tests import factories

ONE = "学院路12号门口的路灯不亮，晚上什么都看不见。"
OTHER = "学院路14号这边也没有路灯，孩子放学摔了一跤。"
MATTER = "道路与小区交界处的路灯"


@pytest.fixture
def city(live_server):
    """Two units that each think the other is right, and the service that names the first of them."""
    factories.channel("web")
    roads = factories.unit(names={"zh-hans": "市政道路处", "en": "Roads Office"})
    lights = factories.unit(names={"zh-hans": "照明管理所", "en": "Lighting Office"})
    service = factories.service(
        unit=roads,
        code="street-light",
        public_names={"zh-hans": "路灯不亮", "en": "Street light out"},
        keywords=["路灯"],
    )
    return {"roads": roads, "lights": lights, "service": service}


@pytest.fixture
def staff(city, open_context, sign_in):
    """One browser for each member of staff, all of them in Chinese."""
    roles = {
        "roads": (Role.OFFICER, city["roads"], "林越"),
        "lights": (Role.OFFICER, city["lights"], "陈静"),
        "dispatcher": (Role.DISPATCHER, None, "周派"),
        "arbiter": (Role.ARBITER, None, "吴裁"),
        "supervisor": (Role.SUPERVISOR, None, "郑督"),
    }
    pages = {}
    for key, (role, where, name) in roles.items():
        context = open_context(language="zh-hans")
        sign_in(context, factories.user((role, where), name=name))
        pages[key] = context.new_page()
    return pages


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def tell(page: Page, text: str) -> tuple[str, str]:
    """Raise a case; its number and secret."""
    page.goto("/")
    page.locator("#id_text").fill(text)
    press(page, "main form button[type=submit]")
    page.locator("input[name=service][value=street-light]").check()
    press(page, "main form button[type=submit]")
    page.locator("#id_place_text").fill("学院路")
    press(page, "main form button[type=submit]")
    press(page, "main form button.govuk-button:not(.govuk-button--secondary)")
    page.locator("input[name=anonymity][value=nobody]").check()
    press(page, "main form button[type=submit]")
    press(page, "form[action='/tell/send/'] button")
    number = page.locator(".govuk-panel .hy-number").inner_text().replace(" ", "").replace("-", "")
    return number, page.locator(".hy-secret").inner_text().strip()


def follow(page: Page, number: str, secret: str) -> None:
    page.goto("/follow/")
    page.locator("#id_number").fill(number)
    page.locator("#id_secret").fill(secret)
    press(page, "main form button[type=submit]")


def act(page: Page, number: str, action: str) -> None:
    page.goto(f"/desk/cases/{number}/do/{action}/")


def submit(page: Page) -> None:
    press(page, "main form button[type=submit]")
    expect(page.locator(".govuk-error-summary")).to_have_count(0)


def give_back(page: Page, number: str, words: str, *, instead: str) -> None:
    act(page, number, "return")
    page.locator("input[name=reason][value=other_unit]").check()
    page.locator("#id_text").fill(words)
    page.locator("#id_proposed").select_option(label=instead)
    submit(page)


def answer(page: Page, number: str, words: str) -> None:
    page.goto(f"/desk/cases/{number}/letter/")
    page.locator("#id_letter").select_option("answer:solved")
    page.locator("#id_text").fill(words)
    press(page, "button[value=preview]")
    press(page, "button[value=send]")


def judge(page: Page, *, solved: str, stars: str) -> None:
    page.goto("/follow/verdict/")
    for name, value in (("contacted", "yes"), ("solved", solved), ("satisfaction", stars)):
        page.locator(f"input[name={name}][value='{value}']").check()
    press(page, "main form button[type=submit]")


def state(number: str) -> str:
    return Case.objects.get(number=number).state


def dispute(city, staff, number: str, assert_accessible) -> None:
    """Two units return the case, and the arbiter decides with a ground that stays as a precedent."""
    give_back(staff["roads"], number, "灯杆在小区围墙内，不归道路。", instead="照明管理所")
    dispatcher = staff["dispatcher"]
    dispatcher.goto("/desk/dispatch/")
    expect(dispatcher.locator("main")).to_contain_text("灯杆在小区围墙内")
    assert_accessible(dispatcher)
    press(dispatcher, f"form[action='/desk/dispatch/{number}/send/'] button")
    give_back(staff["lights"], number, "线路归道路处维护。", instead="市政道路处")
    assert Case.objects.get(number=number).responsible_unit_id == city["roads"].pk, (
        "the first one answers for it"
    )

    arbiter = staff["arbiter"]
    arbiter.goto("/desk/arbitration/")
    expect(arbiter.locator("main")).to_contain_text("线路归道路处维护")
    assert_accessible(arbiter)
    press(arbiter, f"a[href='/desk/cases/{number}/do/arbitrate/']")
    arbiter.locator("#id_unit").select_option(label="照明管理所")
    arbiter.locator("#id_matter").fill(MATTER)
    arbiter.locator("#id_ground").fill("灯具由照明管理所安装，谁安装谁维护。")
    submit(arbiter)
    assert Precedent.objects.get().matter == MATTER


def test_a_disputed_merged_extended_and_reopened_case_up_to_both_verdicts(
    city, staff, open_context, assert_accessible, assert_fits
):
    here = open_context(width=320, language="zh-hans").new_page()
    next_door = open_context(width=320, language="zh-hans").new_page()
    number, secret = tell(here, ONE)
    other, other_secret = tell(next_door, OTHER)
    promised = Case.objects.get(number=number).promised_at

    # Nobody wants it: the first unit returns it, the dispatcher sends it on, the second unit returns it too; the arbiter
    # decides. The resident reads whose it is now, and nothing of the dispute.
    dispute(city, staff, number, assert_accessible)
    follow(here, number, secret)
    expect(here.locator("main")).to_contain_text("照明管理所")
    expect(here.locator("main")).not_to_contain_text("线路归道路处维护")

    # The second officer signs for it; the dispatcher finds the neighbour's and merges it.
    dispatcher, lights = staff["dispatcher"], staff["lights"]
    lights.goto(f"/desk/cases/{number}/")
    press(lights, "form[action$='/do/sign_for/'] button")
    act(dispatcher, number, "gather")
    dispatcher.locator("#id_numbers").fill(other)
    submit(dispatcher)
    assert state(other) == "merged"
    follow(next_door, other, other_secret)
    expect(next_door.locator("main")).to_contain_text("合并办理")
    expect(next_door.locator("main")).not_to_contain_text(number)

    # More time: asked for by the officer, granted by the supervisor, told to the resident before it counts.
    act(lights, number, "ask_extension")
    lights.locator("#id_days").fill("3")
    lights.locator("input[name=reason][value=material]").check()
    lights.locator("#id_text").fill("新灯头已订购，三天内到货。")
    submit(lights)
    supervisor = staff["supervisor"]
    supervisor.goto("/desk/supervision/")
    expect(supervisor.locator("#asked ~ ul")).to_contain_text("陈静")
    assert_accessible(supervisor)
    act(supervisor, number, "grant_extension")
    submit(supervisor)
    case = Case.objects.get(number=number)
    assert case.promised_at == promised
    assert case.due_at > promised
    follow(here, number, secret)
    expect(here.locator("main")).to_contain_text("新灯头已订购")
    assert_fits(here)
    assert_accessible(here)

    # One answer for both; the first resident finds it wanting, the second does not.
    answer(lights, number, "灯头已经更换，请您看一看。")
    assert (state(number), state(other)) == ("answered", "answered")
    follow(here, number, secret)
    judge(here, solved="no", stars="1")
    assert here.url.endswith("/follow/reopen/")
    here.locator("#id_text").fill("今天晚上还是不亮。")
    press(here, "main form button[type=submit]")
    follow(next_door, other, other_secret)
    expect(next_door.locator("main")).to_contain_text("灯头已经更换")
    judge(next_door, solved="yes", stars="5")
    assert (state(number), state(other)) == ("in_progress", "closed")

    # The supervisor sees the "no" and the reopened case, and urges; the officer answers again.
    supervisor.goto("/desk/supervision/")
    expect(supervisor.locator("main")).to_contain_text("学院路12号")
    act(supervisor, number, "urge")
    supervisor.locator("#id_text").fill("请今晚到现场看一次。")
    submit(supervisor)
    lights.goto(f"/desk/cases/{number}/")
    expect(lights.locator(".hy-story")).to_contain_text("请今晚到现场看一次。")
    assert_accessible(lights)
    answer(lights, number, "线路接头烧断，已经换好，今晚亮了。")
    follow(here, number, secret)
    expect(here.locator("main")).not_to_contain_text("请今晚到现场看一次。")
    judge(here, solved="yes", stars="4")

    assert (state(number), state(other)) == ("closed", "closed")
    said = list(Verdict.objects.order_by("pk").values_list("reply__case__number", "solved", "satisfaction"))
    assert said == [(number, "no", 1), (other, "yes", 5), (number, "yes", 4)]
    done = list(Event.objects.filter(case__number=number).order_by("pk").values_list("action", flat=True))
    story = ["return", "assign", "return", "arbitrate", "sign_for", "gather", "ask_extension", "grant_extension",
             "answer", "rate", "reopen", "urge", "answer", "rate"]  # fmt: skip
    assert [action for action in done if action in story and action != "file"][-len(story) :] == story
