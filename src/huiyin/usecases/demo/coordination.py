"""Units of the demonstration city work together, and supervisors step in: every board has something on it.

It all happens now, with cases that are still open, so that whoever tries the city can go on with it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from typing import TYPE_CHECKING

from django.core.cache import caches

from huiyin.accounts.operations import absences
from huiyin.cases.enums import Method
from huiyin.cases.operations import acting, distributing, joint, merging, secrecy, splitting, supervision
from huiyin.cases.queries import worklist
from huiyin.catalogue import queries as catalogue
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.usecases import urging, warnings

if TYPE_CHECKING:
    from collections.abc import Callable

    from huiyin.accounts.models import User
    from huiyin.organisations.models import Unit

PART = "另外，旁边绿地里的树枝挡住了灯光，请一并看看。"
PLACE = "滨河路与东街路口西北角"
AWAY = dt.timedelta(days=9)


def play(units: dict[str, Unit], people: dict[str, list[User]]) -> None:
    """Merge, split, link, call to a place, urge, put before the supervisors, give to another unit; name a substitute.

    What the rules do not allow with the cases of this city does not happen.
    """
    first, second, third = _working(units, people)[:3]
    officer, head = people[first][0], people[f"{first}-head"][0]
    _together(_open(officer), officer)
    own = _open(officer)
    _apart(own[:2], officer, people["dispatcher"][0])
    _called(own[:1], officer, [units[second], units[third]], arrives=people[second][0])
    _pressed(own[-3:], people["supervisor"][0], head, units[second])
    _away(people, first)
    distributing.switch_on(units[second], method=Method.ROTATION, actor=people[f"{second}-head"][0])
    warnings.warn_of_deadlines()


def first_unit(units: dict[str, Unit], people: dict[str, list[User]]) -> str:
    """The code of the unit that most of this happens in: the one of the officer one signs in as."""
    return _working(units, people)[0]


def _working(units: dict[str, Unit], people: dict[str, list[User]]) -> list[str]:
    return [code for code in units if code != "hotline" and people.get(code)]


def _open(officer: User) -> list[int]:
    """The open cases of the officer's unit, the next deadline first."""
    return worklist.ids(officer, worklist.Tab.UNIT, filters=worklist.Filters(), size=40).ids


def _together(own: list[int], officer: User) -> None:
    actor = acting.staff(officer)
    for survivor, others in ((own[0:1], own[1:2]), (own[6:7], own[7:9])):
        for pk in survivor:
            with contextlib.suppress(Refusal):
                merging.merge(pk, others=others, actor=actor)


def _apart(own: list[int], officer: User, dispatcher: User) -> None:
    actor = acting.staff(officer)
    service = next((row for row in catalogue.services() if row.code == "tree"), None)
    for pk in own[:1]:
        with contextlib.suppress(Refusal):
            part = splitting.Part(text=PART, version=service.current if service is not None else None)
            splitting.split(pk, part=part, actor=actor)
    for pk in own[1:]:
        with contextlib.suppress(Refusal):
            secrecy.make_confidential(pk, actor=acting.staff(dispatcher))


def _called(own: list[int], officer: User, units: list[Unit], *, arrives: User) -> None:
    actor, at = acting.staff(officer), clock.now() + dt.timedelta(hours=20)
    for pk in own:
        with contextlib.suppress(Refusal):
            row = joint.summon(
                pk, units=units, place=PLACE, at=at, reason="一起看现场，定由谁先修。", actor=actor
            )
            joint.record_arrival(row.units.order_by("pk")[0].pk, actor=acting.staff(arrives))
            joint.ask_unit(pk, unit=units[1], what="请提供这一段的管线图。", due_at=at, actor=actor)


def _pressed(own: list[int], supervisor: User, head: User, unit: Unit) -> None:
    """Each with a case of its own; where there are fewer, more than one happens to the same."""
    by_supervisor, by_head = acting.staff(supervisor), acting.staff(head)
    acts: tuple[Callable[[int], object], ...] = (
        lambda pk: urging.urge(pk, text="已经超过两天没有进展，请今天给出安排。", actor=by_supervisor),
        lambda pk: urging.escalate(pk, text="需要两家单位一起定，本单位定不了。", actor=by_head),
        lambda pk: supervision.take_over(pk, unit=unit, reason="设施归该单位养护。", actor=by_supervisor),
    )
    for pk, act in zip(itertools.cycle(own), acts, strict=False):
        with contextlib.suppress(Refusal):
            act(pk)


def _away(people: dict[str, list[User]], code: str) -> None:
    """The second officer is away and the first stands in; so whoever signs in as the first finds both."""
    substitute, absent = people[code][0], people[code][1]
    today = clock.today()
    absences.name_substitute(
        absent, substitute=substitute, begins=today, ends=today + AWAY, actor=people[f"{code}-head"][0]
    )
    caches["local"].clear()
