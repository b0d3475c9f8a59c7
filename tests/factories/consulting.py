"""Consultations for tests, made through the verbs."""

import datetime as dt
import itertools
from typing import Any

from huiyin.consultations.enums import Audience
from huiyin.consultations.models import Consultation
from huiyin.consultations.operations import invitations, phases, planning, taking_part
from huiyin.consultations.pseudonyms import Proof
from huiyin.kernel import clock
from tests import staff

_serial = itertools.count(1)
SEEDS = ("公园晚上应该亮灯到十点。", "湖边应该禁止骑车。", "应该多种树，少铺砖。")


def draft(**given: Any) -> planning.Draft:
    now = clock.now()
    texts = {"questions": {"zh-hans": "湖边公园怎么改？", "en": "How should the park change?"}}
    return planning.Draft(**texts | {"opens_at": now, "closes_at": now + dt.timedelta(days=31)} | given)


def consultation(*, seeds: tuple[str, ...] = SEEDS, unit: Any = None, **given: Any) -> Consultation:
    """A draft with statements."""
    row = planning.create(
        f"park-{next(_serial)}", unit=unit or staff.a_unit(), draft=draft(**given), actor="system"
    )
    if seeds:
        planning.add_seeds(row.pk, texts=seeds, language="zh-hans", actor="system")
    return row


def opened(**given: Any) -> Consultation:
    """One that is open; with codes if those who may take part need them."""
    row = consultation(**given)
    if row.audience == Audience.CODES:
        invitations.make_codes(row.pk, label="letters", count=3, actor="system")
    phases.schedule(row.pk, actor="system")
    return phases.open_due(row.pk)


def closed(row: Consultation) -> Consultation:
    """The same, closed at its end."""
    with clock.turned_to(row.closes_at):
        phases.close_due(row.pk)
    return Consultation.objects.get(pk=row.pk)


def somebody(name: object = "1") -> Proof:
    return Proof("browser", str(name))


def planted(row: Consultation, *, people: int = 30, seed: int = 1) -> None:
    """Votes of two camps that disagree on all statements but the last one."""
    import random

    chance = random.Random(seed)
    ids = list(row.statements.order_by("number").values_list("pk", flat=True))
    for person in range(people):
        lean = 1 if person % 2 else -1
        for place, pk in enumerate(ids):
            if chance.random() < 0.15:
                continue
            sure = chance.random() < 0.9
            value = 1 if place == len(ids) - 1 else lean * (1 if place % 2 else -1)
            taking_part.vote(
                row.pk, statement_id=pk, value=value if sure else 0, proof=somebody(f"camp-{person}")
            )
