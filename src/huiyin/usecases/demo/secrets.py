"""Who may know what, in the demonstration city: complaints about units, a confidential case, legal holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from huiyin.cases.operations import acting, holding, intake, secrecy
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.kernel import clock
from huiyin.usecases import filing

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case
    from huiyin.organisations.models import Unit

# Unit complained about, name, telephone, what was said.
COMPLAINTS = [
    ("housing", "何雨晴", "13800010001", "昨天下午去办房屋备案，窗口让我跑了三趟，每次说的材料都不一样，最后还把我的号作废了。"),
    ("environment", "罗志强", "13800010002", "打了四次电话反映夜间施工，值班的人说管不了就挂断，没有记录也没有回音。"),
]  # fmt: skip
SECRET = ("梁静", "13800010003", "我在月湖路一家饭店后厨打工，那里用过期的肉。请不要让店里知道是谁说的。")
HOLDS = [("法院调取材料，（2026）示 01 民初 12 号", 120), ("保险理赔，查勘未结束", 30)]


def play(people: dict[str, list[User]], units: dict[str, Unit]) -> None:
    """File the complaints, make one case confidential, hold two and lift one of them."""
    supervisor = acting.staff(people["supervisor"][0])
    end = clock.now()
    filed = []
    for place, (about, name, phone, text) in enumerate(COMPLAINTS):
        with clock.turned_to(end - dt.timedelta(days=2, hours=place)):
            filed.append(_file(text, name=name, phone=phone, about=units.get(about)))
    name, phone, text = SECRET
    with clock.turned_to(end - dt.timedelta(days=1)):
        secret = _file(text, name=name, phone=phone, about=None, kind=Kind.REPORT)
        secrecy.make_confidential(secret.pk, actor=supervisor)
    for case, (reason, days) in zip(filed, HOLDS, strict=True):
        until = clock.today() + dt.timedelta(days=days)
        holding.hold(case.pk, reason=reason, until=until, actor=supervisor)
    holding.lift(filed[-1].pk, why="理赔已经结束。", actor=supervisor)


def _file(text: str, *, name: str, phone: str, about: Unit | None, kind: Kind = Kind.COMPLAINT) -> Case:
    channel = catalogue.channel("web")
    if channel is None:
        raise LookupError("web")
    new = intake.NewCase(text=text, channel=channel, kind=kind, about_unit=about)
    return filing.file_case(new, contact=filing.ContactGiven(name=name, phone=phone)).case
