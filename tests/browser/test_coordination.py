"""The screens of working together and of what follows an answer: every width, both languages, with axe."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from huiyin.accounts.enums import Role
from huiyin.aftercare.operations import calling, excluding, sampling
from huiyin.cases.enums import ExtensionReason, Outcome, ReturnReason
from huiyin.cases.models import Case, Hold
from huiyin.cases.operations import acting, extensions, handling, holding, joint, person, returns, secrecy
from huiyin.feedback.enums import ExclusionReason, Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.notifications import operations as notifications
from huiyin.people.operations import create_contact, purposes
from huiyin.privacy import operations as privacy
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "小区东门到地铁口这一段的路灯坏了快一周，孩子六点放学回家要摸黑走，请尽早派人来看看。"
LETTER = "您好，我们昨天更换了三盏路灯，下周二之前把其余四盏换好。"


class City:
    """Two units and everybody above them, and one case of each thing that the screens show."""

    def __init__(self) -> None:
        self.lights = factories.unit(names={"zh-hans": "市城管局照明管理所", "en": "Street lighting office"})
        self.water = factories.unit(
            names={"zh-hans": "水务集团客户服务中心", "en": "Water company customer service"}
        )
        factories.channel("web", names={"zh-hans": "网页", "en": "Web"})
        people = {
            "officer": (Role.OFFICER, self.lights, "陈静"), "head": (Role.UNIT_HEAD, self.lights, "林越"),
            "plumber": (Role.OFFICER, self.water, "何水生"), "dispatcher": (Role.DISPATCHER, None, "周派"),
            "arbiter": (Role.ARBITER, None, "吴裁"), "supervisor": (Role.SUPERVISOR, None, "郑督"),
            "operator": (Role.OPERATOR, None, "孙听"), "auditor": (Role.AUDITOR, None, "钱审"),
            "administrator": (Role.ADMINISTRATOR, None, "罗安"),
        }  # fmt: skip
        self.users = {
            key: factories.user((role, unit), name=name) for key, (role, unit, name) in people.items()
        }
        self.purpose = purposes.create(
            {"zh-hans": "就这件诉求回电", "en": "Calling back about this case"}, actor="system"
        )
        service = factories.service(
            unit=self.lights, public_names={"zh-hans": "路灯不亮", "en": "Street light out"}
        )
        self.version = service.current
        with clock.turned_to(clock.now() - dt.timedelta(days=9)):
            self.past = self.answered()
        self.waiting = self.case()
        extensions.ask(
            self.waiting.pk,
            days=3,
            reason=ExtensionReason.MATERIAL,
            text="灯头已订购。",
            actor=self.by("officer"),
        )
        self.returned(once=True)
        self.ruled = self.returned(once=False)
        self.helped()
        self.held = self.case()
        for reason, days in (("法院（2026）01 民初 12 号", 60), ("纪检调查，函号 2026-7", 200)):
            holding.hold(
                self.held.pk,
                reason=reason,
                until=clock.today() + dt.timedelta(days=days),
                actor=self.by("supervisor"),
            )
        ended = self.case()
        holding.hold(
            ended.pk,
            reason="保险理赔",
            until=clock.today() + dt.timedelta(days=9),
            actor=self.by("supervisor"),
        )
        holding.lift(ended.pk, why="理赔已结束。", actor=self.by("supervisor"))
        self.secret = secrecy.make_confidential(self.case().pk, actor=self.by("supervisor"))
        secrecy.name_unit(self.secret.pk, unit=self.water, actor=self.by("supervisor"))

    def by(self, key: str) -> acting.Actor:
        return acting.staff(self.users[key])

    def case(self) -> Case:
        contact = create_contact(name="张三丰", phone="13812345678", email="zhang@example.org")
        return factories.case(
            version=self.version, text=LONG, contact=contact, place_text="莲花路 12 号附近，学校门口"
        )

    def answered(self) -> Case:
        """One that waits for a call, one whose verdict somebody wants left out, one that was opened again."""
        cases = [self.case() for _number in range(3)]
        for case in cases:
            handling.answer(case.pk, text=LETTER, outcome=Outcome.SOLVED, actor=self.by("officer"))
        for case in cases[1:]:
            person.judge(
                case.pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=1, text="还是不亮。")
            )
        person.reopen(cases[2].pk, text="还有两盏不亮。")
        judged = Case.objects.get(pk=cases[1].pk)
        self.wish = excluding.ask(
            judged, user=self.users["head"], reason=ExclusionReason.values[0], text="说的是另一件事。"
        )
        return judged

    def returned(self, *, once: bool) -> Case:
        case = self.case()
        no = {"reason": ReturnReason.OTHER_UNIT, "text": "灯杆在小区围墙内。", "proposed": self.water}
        returns.give_back(case.pk, **no, actor=self.by("officer"))
        if not once:
            handling.assign(case.pk, unit=self.water, actor=self.by("dispatcher"))
            returns.give_back(
                case.pk, reason=ReturnReason.NO_POWER, text="不归我们。", actor=self.by("plumber")
            )
        return case

    def helped(self) -> None:
        self.joint = self.case()
        soon = clock.now() + dt.timedelta(days=2)
        self.task = joint.ask_unit(
            self.joint.pk, unit=self.water, what="请查一下管线位置。", due_at=soon, actor=self.by("officer")
        )
        joint.summon(
            self.joint.pk,
            units=[self.water],
            place="学校东门",
            at=soon,
            reason="现场会商",
            actor=self.by("officer"),
        )

    def number(self, name: str, case: Case, *more: str) -> str:
        return reverse(f"desk:{name}", args=[case.number, *more])


@pytest.fixture
def city():
    found = City()
    calling.open_due()
    sampling.draw()
    notifications.enqueue(
        "answer", address="zhang@example.org", reference="1", subject="回音", body="x", via="email"
    )
    old = found.case()
    Case.objects.filter(pk=old.pk).update(state="closed", outcome="solved", closed_at=clock.now() - dt.timedelta(days=400),
                                          received_at=clock.now() - dt.timedelta(days=500))  # fmt: skip
    privacy.anonymise_due()
    assert Hold.objects.exists()
    return found


def coordination(city: City) -> dict[str, tuple[str, str]]:
    return {
        "supervision": ("supervisor", reverse("desk:supervision")),
        "dispatch": ("dispatcher", reverse("desk:dispatch")),
        "arbitration": ("arbiter", reverse("desk:arbitration")),
        "precedents": ("arbiter", reverse("desk:precedents")),
        "return-counts": ("dispatcher", reverse("desk:return_counts")),
        "joint": ("plumber", reverse("desk:joint")),
        "contribute": ("plumber", reverse("desk:contribute", args=[city.task.pk])),
        "workload": ("head", reverse("desk:workload")),
        "case-extension": ("head", city.number("case", city.waiting)),
        "ask-extension": ("officer", city.number("act", city.joint, "ask_extension")),
        "grant-extension": ("supervisor", city.number("act", city.waiting, "grant_extension")),
        "refuse-extension": ("head", city.number("act", city.waiting, "refuse_extension")),
        "return": ("officer", city.number("act", city.joint, "return")),
        "arbitrate": ("arbiter", city.number("act", city.ruled, "arbitrate")),
        "add-task": ("officer", city.number("act", city.joint, "add_task")),
        "summon": ("officer", city.number("act", city.joint, "summon")),
        "case-joint": ("officer", city.number("case", city.joint)),
        "gather": ("officer", city.number("act", city.joint, "gather")),
        "split": ("officer", city.number("act", city.joint, "split")),
        "link": ("officer", city.number("act", city.joint, "link")),
    }


def oversight(city: City) -> dict[str, tuple[str, str]]:
    case = city.joint
    return {
        "urge": ("supervisor", city.number("act", case, "urge")),
        "take-over": ("supervisor", city.number("act", case, "take_over")),
        "redo": ("supervisor", city.number("act", city.past, "redo")),
        "name-unit": ("supervisor", city.number("act", case, "name_unit")),
        "confidential": ("supervisor", city.number("act", case, "make_confidential")),
        "conflict": ("officer", city.number("act", case, "declare_conflict")),
        "case-confidential": ("supervisor", city.number("case", city.secret)),
        "hold": ("supervisor", city.number("act", case, "hold")),
        "lift-hold": ("supervisor", city.number("act", city.held, "lift_hold")),
        "holds": ("supervisor", reverse("desk:hold_list")),
        "holds-ended": ("supervisor", reverse("desk:hold_list") + "?tab=ended"),
        "person-data": ("supervisor", city.number("person_data", case)),
        "purposes": ("administrator", reverse("manage:purposes")),
        "purpose": ("administrator", reverse("manage:purpose", args=[city.purpose.pk])),
        "deletions": ("auditor", reverse("manage:deletions")),
        "notice-log": ("administrator", reverse("manage:notice_log")),
        "my-notices": ("officer", reverse("desk:my_notices")),
        "callbacks": ("operator", reverse("desk:callback_list")),
        "callbacks-ended": ("operator", reverse("desk:callbacks_ended_list")),
        "exclusions": ("auditor", reverse("desk:exclusion_list")),
        "exclusion": ("auditor", reverse("desk:exclusion", args=[city.wish.pk])),
        "samples": ("auditor", reverse("desk:sample_list")),
        "quality": ("auditor", reverse("desk:quality_found")),
    }


@pytest.fixture
def checked(assert_accessible, assert_fits, screenshot):
    """`checked(page, name)`: keep a picture of the page, and fail if it does not fit or axe finds something."""

    def check(page: Page, name: str) -> None:
        screenshot(page, name)
        assert_fits(page)
        assert_accessible(page)

    return check


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("screens", [coordination, oversight])
def test_every_screen_is_accessible_and_fits(
    screens, language, width, city, open_context, sign_in, checked, assert_fits
):
    # Axe at the narrowest and the widest, each language once: it takes a second a page, and widths hardly matter to it.
    looks_closely = (width, language) in {(320, "zh-hans"), (1280, "en")}
    told = []
    for name, (who, url) in screens(city).items():
        context = open_context(width=width, language=language)
        sign_in(context, city.users[who])
        page = context.new_page()
        answer = page.goto(url)
        try:
            assert answer is not None
            assert answer.status == 200, f"{name} answered {answer.status}"
            if looks_closely:
                checked(page, f"coordination-{name}-{language}-{width}")
            else:
                assert_fits(page)
        except AssertionError as wrong:
            told.append(f"{name}: {wrong}")
        context.close()
    assert not told, "\n\n".join(told)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_screens_for_all_cases_of_a_person(language, width, city, open_context, checked):
    page = open_context(width=width, language=language).new_page()
    page.goto("/follow/all/")
    checked(page, f"all-begin-{language}-{width}")
    page.locator("#id_contact").fill("zhang@example.org")
    page.locator("form[action='/follow/all/send/'] button").click()
    page.wait_for_url("**/follow/all/code/")
    page.locator("#id_code").fill("12")
    page.locator("main form button[type=submit]").click()
    page.locator(".govuk-error-summary").wait_for()
    checked(page, f"all-code-{language}-{width}")
    filed = factories.filed(version=city.version)
    page.goto("/follow/all/")
    page.locator("#id_pairs").fill(f"{filed.case.number} {filed.secret}")
    page.locator("form[action='/follow/all/secrets/'] button").click()
    page.wait_for_url("**/follow/all/cases/")
    checked(page, f"all-cases-{language}-{width}")
    with page.expect_download() as taken:
        page.locator("a[href='/follow/all/data.zip']").click()
    assert taken.value.suggested_filename == "huiyin-all.zip"
