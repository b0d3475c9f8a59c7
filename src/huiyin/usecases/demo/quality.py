"""Answers of the demonstration city are read again, and two verdicts are asked to be left out of the figures."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING

from huiyin.aftercare.enums import Finding
from huiyin.aftercare.operations import excluding, sampling
from huiyin.aftercare.queries import sampling as queries
from huiyin.cases.queries import due
from huiyin.feedback.enums import ExclusionReason
from huiyin.kernel import clock

if TYPE_CHECKING:
    from huiyin.accounts.models import User

WEEKS = 4
REMARKS = ["写明哪天完工会更好。", "答复没有提到来信问的第二件事。", "", ""]
WISHES = [
    (ExclusionReason.OTHER_MATTER, "评价里说的是另一个小区的电梯，不是这次反映的路灯。"),
    (ExclusionReason.TWICE, "同一份答复在合并前的两件诉求里各评了一次。"),
]


def play(people: dict[str, list[User]], *, chance: random.Random) -> None:
    """Draw the answers of the last weeks and read most of them; ask for two verdicts to be left out, approve one."""
    reader = people["auditor"][0]
    now = clock.now()
    for weeks in reversed(range(WEEKS)):
        with clock.turned_to(now - dt.timedelta(weeks=weeks)):
            sampling.draw()
    for sample in list(queries.waiting(reader)):
        if chance.random() < 0.8:
            sampling.review(sample.pk, user=reader, found=_found(chance))
    _wishes(people["supervisor"][0], reader, now)


def _found(chance: random.Random) -> sampling.Review:
    return sampling.Review(
        answers_question=chance.choices([Finding.YES, Finding.NO], [9, 1])[0],
        says_done=chance.choices([Finding.YES, Finding.NO], [8, 2])[0],
        names_date=chance.choices([Finding.YES, Finding.NO, Finding.NOT_NEEDED], [3, 2, 5])[0],
        remark=chance.choice(REMARKS),
    )


def _wishes(asking: User, deciding: User, now: dt.datetime) -> None:
    judged = due.answers_between(now - dt.timedelta(days=60), now).filter(verdict__solved="no")
    for (reason, text), reply in zip(WISHES, judged.select_related("case").order_by("pk"), strict=False):
        wish = excluding.ask(reply.case, user=asking, reason=reason, text=text)
        if reason is ExclusionReason.OTHER_MATTER:
            excluding.approve(wish.pk, user=deciding, text="核对过来信，属实。")
