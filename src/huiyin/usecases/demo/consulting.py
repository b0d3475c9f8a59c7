"""Consultations of the demonstration city: one that is open, one that was answered, one draft. All of it is invented."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from huiyin.consultations.enums import Audience, Decision, Promised, Via
from huiyin.consultations.operations import (
    admission,
    answers,
    maps,
    moderation,
    phases,
    planning,
    promises,
    sheets,
    taking_part,
)
from huiyin.consultations.queries import lists, statements
from huiyin.consultations.queries import promises as promised
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.consultations.models import Answer, Consultation
    from huiyin.organisations.models import Unit

DAY = dt.timedelta(days=1)
OPEN_PEOPLE, ANSWERED_PEOPLE = 240, 90

# Each statement with the leaning of three camps: walkers, runners and cyclists, shopkeepers. 1 agrees, -1 disagrees.
LAKE = [
    ("湖边步道晚上应该亮灯到十点半。", (1, 1, 1)),
    ("湖边步道应该禁止骑行。", (1, -1, 0)),
    ("步道太窄，应该把骑行和步行分开。", (1, 1, 0)),
    ("夜市可以摆到湖边广场。", (-1, 0, 1)),
    ("夜市的音乐九点半以后应该停。", (1, 1, -1)),
    ("应该多放几处饮水点。", (1, 1, 0)),
    ("湖边的停车位应该收费。", (0, 1, -1)),
    ("周末应该禁止汽车进入湖滨路。", (1, 1, -1)),
    ("应该增加公共厕所，晚上也开放。", (1, 1, 1)),
    ("跑步的人应该靠右，地面划线就够了。", (-1, 1, 0)),
    ("遛狗必须牵绳，违者劝离。", (1, 0, 1)),
    ("湖边商铺可以营业到夜里十二点。", (-1, -1, 1)),
    ("应该把钱先用在排水，再考虑灯光。", (1, 0, -1)),
    ("湖里的夜间灯光秀应该保留。", (-1, 0, 1)),
]
LIBRARY = [
    ("社区图书室周末应该开到晚上八点。", (1, 1, 1)),
    ("中午应该留出安静自习的时间。", (1, -1, 0)),
    ("孩子可以在图书室里小声讨论。", (-1, 1, 0)),
    ("应该有大字版的书和报纸。", (0, 1, 1)),
    ("借书押金应该取消。", (1, 1, 1)),
    ("可以带饮料进阅览区。", (1, 0, -1)),
    ("应该每月请人来讲一次本地历史。", (0, 1, 1)),
    ("座位应该可以提前预约。", (1, -1, -1)),
]
WRITTEN = [
    ("儿童游乐区应该装软地面。", (1, 1, 1)),
    ("应该允许在草坪搭帐篷。", (-1, 1, 0)),
    ("出租自行车应该另设停放点。", (1, 1, 1)),
]
REMOVED = [("湖边新房优惠，请来电咨询。", "advertising"), ("湖边步道夜里应该亮灯到十点半！", "duplicate")]
VERDICTS = (
    (Decision.ADOPTED, "已从本月起实行，时间表贴在门口。", "In force since this month; the hours are posted at the door."),
    (Decision.PARTLY, "先试行三个月，再听取使用者的意见。", "Tried out for three months, then we ask those who use it."),
    (Decision.NOT_ADOPTED, "室内面积有限，暂时做不到，理由见会议纪要。", "There is too little room for it; the minutes say why."),
)  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """One consultation to be told: its address, question, background, statements and how many take part."""

    code: str
    question: tuple[str, str]
    background: tuple[str, str]
    seeds: list[tuple[str, tuple[int, int, int]]]
    people: int = 0


OPEN = Plot(
    "lakeside",
    ("湖边步道和夜市怎么安排？", "How should lakeside paths and night market be arranged?"),
    (
        "湖滨路今年要整修。走路的、跑步骑车的、做生意的，各有各的需要。请对每句话表态，也可以写下您自己的想法。",
        "Lakeside Road is rebuilt this year. Walkers, cyclists, shops need different things. Vote, and add your own.",
    ),
    LAKE,
    OPEN_PEOPLE,
)
ANSWERED = Plot(
    "reading-room",
    ("社区图书室怎么开放？", "How should the community reading room be open?"),
    (
        "图书室整修完毕，开放时间和规则由大家来定。",
        "The reading room is renewed; hours and rules are decided together.",
    ),
    LIBRARY,
    ANSWERED_PEOPLE,
)
DRAFT = Plot(
    "heating",
    ("老小区的供暖改造怎么排先后？", "In which order should old estates get new heating?"),
    ("由改造小区的住户凭参与码参加。", "For households of these estates, with a code from their letter."),
    [("先改漏水的管道，再换锅炉。", (0, 0, 0)), ("应该先从老人多的楼开始。", (0, 0, 0))],
)


def build(units: dict[str, Unit], people: dict[str, list[User]], *, chance: random.Random) -> None:
    """Tell all three, at turned-back times, with the same verbs as in real life."""
    now, asking = clock.now(), list(units.values())
    head = people["supervisor"][0]
    with transaction.atomic():
        row = _begun(OPEN, unit=asking[1], opens_at=now - 12 * DAY, closes_at=now + 20 * DAY, actor=head)
        _votes(row, OPEN, chance=chance, operator=people["operator"][0], end=now)
    maps.refresh(row.pk)
    with transaction.atomic():
        row = _begun(ANSWERED, unit=asking[2], opens_at=now - 80 * DAY, closes_at=now - 48 * DAY, actor=head)
        _votes(row, ANSWERED, chance=chance, operator=people["operator"][0], end=now - 48 * DAY)
        _answer(row, unit=asking[2], actor=head, at=now - 30 * DAY)
        draft = planning.Draft(
            questions=_both(DRAFT.question), backgrounds=_both(DRAFT.background), audience=Audience.CODES
        )
        row = planning.create(DRAFT.code, unit=asking[3], draft=draft, actor=head)
        planning.add_seeds(
            row.pk, texts=[text for text, _lean in DRAFT.seeds], language="zh-hans", actor=head
        )


def _both(texts: tuple[str, str]) -> dict[str, str]:
    return {"zh-hans": texts[0], "en": texts[1]}


def _begun(
    plot: Plot, *, unit: Unit, opens_at: dt.datetime, closes_at: dt.datetime, actor: User
) -> Consultation:
    draft = planning.Draft(
        questions=_both(plot.question),
        backgrounds=_both(plot.background),
        opens_at=opens_at,
        closes_at=closes_at,
        moderation_policies={
            "zh-hans": "重复、跑题、涉及个人、侮辱或广告的内容不予展示，数量公开。",
            "en": "Not shown: duplicates, other subjects, personal data, insults, advertising. They are counted in public.",
        },
    )
    with clock.turned_to(opens_at - 5 * DAY):
        row = planning.create(plot.code, unit=unit, draft=draft, actor=actor)
        planning.add_seeds(
            row.pk, texts=[text for text, _lean in plot.seeds], language="zh-hans", actor=actor
        )
        phases.schedule(row.pk, actor=actor)
    with clock.turned_to(opens_at):
        return phases.open_due(row.pk)


def _votes(row: Consultation, plot: Plot, *, chance: random.Random, operator: User, end: dt.datetime) -> None:
    leaning = dict(plot.seeds)
    extra = WRITTEN + [(text, (0, 0, 0)) for text, _why in REMOVED] if plot is OPEN else []
    for person in range(plot.people):
        camp = chance.choices(range(3), (5, 4, 3))[0]
        begin = row.opens_at or end
        with clock.turned_to(begin + (end - begin) * min(0.99, (person + chance.random()) / plot.people)):
            shown = {one.pk: leaning.get(one.text, (0, 0, 0))[camp] for one in statements.published(row)}
            votes = {pk: _vote(lean, chance) for pk, lean in shown.items() if chance.random() < 0.85}
            via = chance.choices((Via.WEB, Via.PAPER, Via.PHONE), (86, 9, 5))[0]
            if via is not Via.WEB:
                sheet = sheets.Sheet(via=via, votes=votes, sheet=str(person) if via is Via.PAPER else "")
                sheets.enter(row.pk, sheet=sheet, actor=operator)
                continue
            proof = admission.with_browser(row, mark=f"{chance.random()}")
            for pk, value in votes.items():
                taking_part.vote(row.pk, statement_id=pk, value=value, proof=proof)
            if extra and person % 30 == 20:
                _write(row, extra.pop(0), proof=proof, leaning=leaning)


def _vote(lean: int, chance: random.Random) -> int:
    if not lean:
        return chance.choice((1, 0, 0, -1))
    return chance.choices((lean, 0, -lean), (82, 8, 10))[0]


def _write(
    row: Consultation,
    given: tuple[str, tuple[int, int, int]],
    *,
    proof: admission.Proof,
    leaning: dict[str, tuple[int, int, int]],
) -> None:
    text, lean = given
    with contextlib.suppress(Refusal):
        one = taking_part.write_statement(row.pk, text=text, language="zh-hans", proof=proof)
        reason = dict(REMOVED).get(text)
        if reason:
            moderation.remove(one.pk, reason=reason, actor="system")
        elif text != WRITTEN[-1][0]:  # the last one waits for somebody to look at it
            moderation.publish(one.pk, actor="system")
            leaning[text] = lean


def _answer(row: Consultation, *, unit: Unit, actor: User, at: dt.datetime) -> None:
    with clock.turned_to(row.closes_at or at):
        phases.close_due(row.pk)
    with clock.turned_to(at):
        for place, one in enumerate(statements.published(row)):
            decision, chinese, english = VERDICTS[(0, 1, 0, 0, 0, 2, 1, 2)[place % 8]]
            verdict = answers.Verdict(decision=decision, reasons=_both((chinese, english)), unit=unit)
            answer = answers.decide(row.pk, statement_ids=[one.pk], verdict=verdict, actor=actor)
            _promise(row, answer, place=place, unit=unit, actor=actor)
        turnout = lists.turnout(row)
        answers.conclude(
            row.pk,
            conclusions={
                "zh-hans": f"感谢 {turnout.participants} 位参与者。延长开放和取消押金是大家的共识，已经实行；安静时段先试行三个月。",
                "en": f"Thank you, all {turnout.participants}. Longer hours and no deposit are shared by all and in force;"
                " quiet hours are tried out for three months.",
            },
            actor=actor,
        )
        phases.answer(row.pk, actor=actor)
    with clock.turned_to(at + 12 * DAY):
        kept = promises.Outcome(
            state=Promised.KEPT,
            words=_both(
                (
                    "新时间表从本月 1 日起贴在门口，周末开到八点。",
                    "The new hours hang at the door since the 1st: until eight at weekends.",
                )
            ),
        )
        first = promised.of(row).order_by("pk")[0]
        promises.settle(row.pk, answer_id=first.answer_id, outcome=kept, actor=actor)


# By place of the statement: what is promised, how it is proved, and how many days after the answer.
PROMISES = {
    0: (("周末开到晚上八点", "Open until eight at weekends"), ("门口的时间表", "The hours at the door"), 20),
    1: (("试行每天十二点到两点的安静时段", "Try out quiet hours from twelve to two"), ("试行公告和意见簿", "The notice and the visitors' book"), 25),
    3: (("购入二百册大字版图书", "Buy two hundred books in large print"), ("书目贴在公告栏", "The list of titles on the board"), 60),
}  # fmt: skip


def _promise(row: Consultation, answer: Answer, *, place: int, unit: Unit, actor: User) -> None:
    if place not in PROMISES:
        return
    what, proof, days = PROMISES[place]
    pledge = promises.Pledge(
        whats=_both(what), proofs=_both(proof), unit=unit, due_on=clock.today() + days * DAY
    )
    promises.promise(row.pk, answer_id=answer.pk, pledge=pledge, actor=actor)
