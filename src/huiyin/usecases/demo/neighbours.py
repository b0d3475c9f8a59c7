"""The systems around the city: one that is told what happens, and one in which a unit works. Both are made up here."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from huiyin.hooks import queries as hooks
from huiyin.hooks.enums import DeliveryState
from huiyin.hooks.operations import setting_up, telling
from huiyin.kernel import clock, outward
from huiyin.relays import operations as relays
from huiyin.usecases import relaying

if TYPE_CHECKING:
    from huiyin.hooks.models import Hook
    from huiyin.organisations.models import Unit

# Names that lead nowhere, by RFC 2606.
BOARD, COMPANY = "https://board.example/huiyin", "https://water.example/open311/v2"
TOLD_UNITS, RELAYED = ("roads", "water"), "water"
TOLD_EVENTS = ("case.file", "case.assign", "case.answer", "case.rate", "case.reopen")
DAYS_RELAYED = 12
# At the end the board is down, so that some messages wait.
WAITING = 4


def connect(units: dict[str, Unit], *, end: dt.datetime) -> Hook:
    """Set both up before the cases come in; the second one's cases of the last days are sent later."""
    terms = setting_up.Terms(name="城市运行大屏", url=BOARD, events=TOLD_EVENTS, units=TOLD_UNITS)
    hook, _secret = setting_up.create(terms, actor="system")
    setup = relays.Setup(
        name="水务公司工单系统",
        endpoint=COMPANY,
        jurisdiction="",
        api_key="",
        codes="",
        default_code="water-works",
    )
    with clock.turned_to(end - dt.timedelta(days=DAYS_RELAYED)):
        relays.connect(units[RELAYED].pk, setup=setup, actor="system")
    return hook


def play(hook: Hook, *, chance: random.Random) -> None:
    """Tell the one and hand over to the other; some of what the other answers differs from what stands here."""
    with outward.answered_by(_Company(chance).answer):
        relaying.carry_on()
    written = hooks.deliveries(hook, state=DeliveryState.WAITING).count()
    with outward.answered_by(lambda _url, _body: outward.Answer(204, b"")):
        telling.deliver(hook.pk, limit=max(1, written - WAITING))
    with outward.answered_by(lambda _url, _body: outward.Answer(503, b"")):
        telling.deliver(hook.pk)


class _Company:
    """As much of an Open311 server as is asked for."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.sent = chance, 0

    def answer(self, url: str, body: bytes | None) -> outward.Answer:
        if body is not None:
            self.sent += 1
            return _said([{"service_request_id": f"W{self.sent:05d}"}])
        wanted = parse_qs(urlsplit(url).query).get("service_request_id", [""])[0]
        return _said([self._request(number) for number in wanted.split(",") if number])

    def _request(self, number: str) -> dict[str, str]:
        closed = self.chance.random() < 0.4
        notes = "已派员到场处理，管道修复完成。" if closed else "已列入本周检修计划。"
        return {
            "service_request_id": number,
            "status": "closed" if closed else "open",
            "status_notes": notes,
            "updated_datetime": clock.now().isoformat(),
        }


def _said(rows: list[dict[str, str]]) -> outward.Answer:
    return outward.Answer(200, json.dumps(rows).encode())
