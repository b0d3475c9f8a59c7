"""What happened to one case of the demonstration city: the same verbs as in real life, at turned-back times."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huiyin.cases.enums import ExtensionReason, NotAcceptedReason, Outcome, ReturnReason
from huiyin.cases.operations import acting, extensions, handling, joint, person, publishing, returns
from huiyin.catalogue.enums import Urgency
from huiyin.feedback.enums import Reason, Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case
    from huiyin.organisations.models import Unit

QUESTIONS = [
    "请问最近的门牌号或公交站是哪里？",
    "请问大概从哪一天开始的？",
    "能不能再拍一张带周围环境的照片？",
]
REPLIES = ["在便利店门口，公交站往东五十米。", "大概从上周二开始。", "照片晚点补上，就在小区东门。"]
NOTES = [
    "已联系班组，明早现场看。",
    "与上月同一位置的问题类似，查一下维修记录。",
    "材料已到库，安排周四施工。",
]
ANSWERS = {
    Outcome.SOLVED: ["您好，{place}的问题我们已经处理完毕，昨天下午复查正常。如果再出现，请直接在这里重新打开。", "您好，班组今天上午到现场处理好了，附近几处也一起检查过。谢谢您告诉我们。"],
    Outcome.PARTLY: ["您好，紧急的部分今天已经处理，剩下的需要更换设备，预计下月十日前完成，届时再告诉您。"],
    Outcome.EXPLAINED: ["您好，经核对，情况是这样：办理需要身份证和租房合同，线上线下都可以办，不收费用，当天办结。", "您好，现场检查后设备正常，前几天是线路检修造成的，检修已于昨天结束。"],
    Outcome.CANNOT: ["您好，这个位置的地下有管线，无法按您的建议施工。我们在东侧三十米处另找了地方，图纸可以到窗口查看。"],
    Outcome.REFERRED: ["您好，这件事由住房纠纷调解室受理，我们已把材料转过去，电话和地址写在下面，您不用再交一遍材料。"],
}  # fmt: skip
OUTCOMES = [
    (Outcome.SOLVED, 56),
    (Outcome.EXPLAINED, 22),
    (Outcome.PARTLY, 12),
    (Outcome.CANNOT, 6),
    (Outcome.REFERRED, 4),
]
NOT_SOLVED = [
    "还是老样子，昨晚又坏了。",
    "答复说修好了，可是现场没有人来过。",
    "只弄好了一半，另一边还没有处理。",
]
MORE_TIME = [
    (ExtensionReason.MATERIAL, "更换的灯头已经下单，到货当天安装。这期间我们先装一盏临时灯。"),
    (ExtensionReason.WEATHER, "连续下雨，路面不能铺设。天晴后两天内完工，坑洼处已先铺碎石。"),
    (ExtensionReason.SEVERAL_UNITS, "要等供水先换管，再恢复路面。换管定在下周三。"),
]
NOT_OURS = [
    (ReturnReason.OTHER_AREA, "门牌号属于河对岸，不在我们的辖区。"),
    (ReturnReason.OTHER_UNIT, "现场看过，设施归产权单位维护，不由我们维修。"),
]
ASKED = "请提供这一带地下管线的位置图，并说明能否开挖。"
CONTRIBUTED = "管线在路东侧一米，埋深一米二。西侧可以开挖，东侧请人工作业。"
MATTER = "小区围墙外公共通道上的设施损坏"
GROUND = "通道对公众开放，由日常养护的单位负责；产权争议不影响先行处置。"


@dataclass
class Teller:
    """Plays one case from the moment it came in up to now."""

    case: Case
    officers: list[User]
    head: User
    dispatcher: User
    arbiter: User
    helper: tuple[Unit, User]
    chance: random.Random
    at: dt.datetime
    end: dt.datetime

    def later(self, low: float, high: float) -> bool:
        """Let some hours pass, working hours unless it is urgent; False once the present is reached."""
        haste = {Urgency.EMERGENCY: 60, Urgency.UTILITIES: 5}.get(Urgency(self.case.urgency), 1)
        self.at += dt.timedelta(hours=self.chance.uniform(low, high) / haste)
        # 09:00-18:00 in the city's time zone
        while haste == 1 and (self.at.hour not in range(1, 10) or self.at.weekday() > 4):
            self.at += dt.timedelta(hours=1)
        return self.at < self.end

    def tell(self) -> None:
        """The whole story; it stops wherever the present is reached."""
        try:
            self._tell()
        except Refusal:
            # A story that the rules do not allow simply ends here.
            return

    def _tell(self) -> None:
        luck = self.chance.random()
        if self.case.unit_id is None or luck > 0.985:
            return
        if luck < 0.02:
            self._decline()
        elif luck < 0.05:
            self._withdraw()
        elif luck < 0.08:
            self._dispute()
        elif self.later(0.5, 9):
            self._work(acting.staff(self.chance.choice(self.officers)))

    def _work(self, officer: acting.Actor) -> None:
        with clock.turned_to(self.at):
            handling.sign_for(self.case.pk, actor=officer)
            if self.chance.random() < 0.7:
                handling.record_contact(self.case.pk, how="phone", actor=officer)
            if self.chance.random() < 0.3:
                handling.write_note(self.case.pk, text=self.chance.choice(NOTES), actor=officer)
        if not self.later(1, 20):
            return
        with clock.turned_to(self.at):
            handling.start(self.case.pk, actor=officer)
        if self.chance.random() < 0.2 and not self._question(officer):
            return
        if self.chance.random() < 0.12:
            self._together(officer)
        slow = self.chance.random() < 0.12
        if slow and self.chance.random() < 0.5:
            self._more_time(officer)
        if self.later(*((240, 420) if slow else (8, 120))):
            self._answer(officer)

    def _dispute(self) -> None:
        """Two returns; the arbiter decides half of them, the others still wait."""
        officer, dispatcher = acting.staff(self.officers[0]), acting.staff(self.dispatcher)
        unit = self.case.unit
        for reason, text in NOT_OURS:
            if unit is None or not self.later(0.2, 3):
                return
            with clock.turned_to(self.at):
                returns.give_back(self.case.pk, reason=reason, text=text, actor=officer)
            if reason is ReturnReason.OTHER_AREA and self.later(0.2, 3):
                with clock.turned_to(self.at):
                    handling.assign(self.case.pk, unit=unit, actor=dispatcher, reason="地址在辖区内。")
        if self.chance.random() < 0.5 and self.later(2, 20) and unit is not None:
            with clock.turned_to(self.at):
                returns.rule(
                    self.case.pk, unit=unit, matter=MATTER, ground=GROUND, actor=acting.staff(self.arbiter)
                )
            self._work(officer)

    def _together(self, officer: acting.Actor) -> None:
        """Another unit is asked for a contribution, and half of the time gives it."""
        if not self.later(0.2, 4):
            return
        with clock.turned_to(self.at):
            task = joint.ask_unit(
                self.case.pk,
                unit=self.helper[0],
                what=ASKED,
                due_at=self.at + dt.timedelta(days=3),
                actor=officer,
            )
        if self.chance.random() < 0.5 and self.later(2, 30):
            with clock.turned_to(self.at):
                joint.contribute(task.pk, text=CONTRIBUTED, actor=acting.staff(self.helper[1]))

    def _more_time(self, officer: acting.Actor) -> None:
        reason, text = self.chance.choice(MORE_TIME)
        if not self.later(2, 20):
            return
        with clock.turned_to(self.at):
            days = self.chance.choice([3, 5, 10])
            extensions.ask(self.case.pk, days=days, reason=reason, text=text, actor=officer)
        if self.later(1, 6):
            with clock.turned_to(self.at):
                extensions.grant(self.case.pk, actor=acting.staff(self.head))

    def _decline(self) -> None:
        if not self.later(1, 8):
            return
        with clock.turned_to(self.at):
            handling.not_accept(
                self.case.pk,
                reason=NotAcceptedReason.COURT,
                text="您好，这件事正在法院审理，我们不能另作处理。您可以向承办法庭的窗口了解进度。",
                actor=acting.staff(self.dispatcher),
            )

    def _withdraw(self) -> None:
        if self.later(2, 30):
            with clock.turned_to(self.at):
                person.withdraw(self.case.pk, reason="已经自己解决了，谢谢。")

    def _question(self, officer: acting.Actor) -> bool:
        which = self.chance.randrange(len(QUESTIONS))
        with clock.turned_to(self.at):
            handling.ask(self.case.pk, text=QUESTIONS[which], actor=officer)
        if self.chance.random() < 0.25 or not self.later(2, 40):
            return False
        with clock.turned_to(self.at):
            person.write(self.case.pk, text=REPLIES[which])
        return True

    def _answer(self, officer: acting.Actor) -> None:
        outcomes, weights = zip(*OUTCOMES, strict=True)
        outcome = self.chance.choices(outcomes, weights)[0]
        text = self.chance.choice(ANSWERS[outcome]).format(place=self.case.place_text or "您说的地方")
        with clock.turned_to(self.at):
            handling.answer(self.case.pk, text=text, outcome=outcome, actor=officer)
            self._publish(officer, answer=text)
        if self.chance.random() < 0.55 and self.later(3, 90):
            self._verdict(outcome, officer)

    def _publish(self, officer: acting.Actor, *, answer: str) -> None:
        version = self.case.service_version
        if self.case.contact_id or version is None or not version.may_publish or self.chance.random() > 0.75:
            return
        title = version.public_names["zh-hans"] + (
            "：" + self.case.place_text if self.case.place_text else ""
        )
        publishing.publish(
            self.case.pk,
            public=publishing.PublicText(
                title=title, text=self.case.text, public_place=self.case.place_text, answer=answer
            ),
            actor=officer,
        )

    def _verdict(self, outcome: Outcome, officer: acting.Actor) -> None:
        good = self.chance.random() < (0.82 if outcome == Outcome.SOLVED else 0.5)
        solved = Solved.YES if good else self.chance.choice([Solved.NO, Solved.PARTLY, Solved.PARTLY])
        given = Given(
            contacted=self.chance.random() < 0.9,
            solved=solved,
            satisfaction=self.chance.choice([4, 5, 5]) if good else self.chance.choice([1, 2, 3]),
            reasons=[Reason.CLEAR, Reason.QUICK] if good else [Reason.NOT_DONE],
        )
        with clock.turned_to(self.at):
            person.judge(self.case.pk, given=given)
            if not good and self.chance.random() < 0.6:
                person.reopen(self.case.pk, text=self.chance.choice(NOT_SOLVED))
            else:
                return
        if self.later(20, 90):
            with clock.turned_to(self.at):
                text = "您好，我们再次到现场处理，并请第三方复查，现在正常。给您添了麻烦。"
                handling.answer(self.case.pk, text=text, outcome=Outcome.SOLVED, actor=officer)
