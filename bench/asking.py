"""Consultations for the benches: one that is open and one that was answered, each with votes of four planted groups.

Import it when Django is up.
"""

import datetime as dt
import secrets

import numpy as np
from django.db import connection
from django.urls import reverse

from huiyin.consultations.enums import Decision, State
from huiyin.consultations.models import Consultation, Participant
from huiyin.consultations.operations import answers, maps, phases, planning, promises
from huiyin.kernel import clock
from huiyin.organisations.enums import SettingKey
from huiyin.organisations.models import Setting, Unit

WORD = "每条街都应该有无障碍坡道，第"
VOTES_EACH = 45


def an_open_one(statements: int, votes: int) -> Consultation:
    """A new consultation, open to anyone, with votes of four groups."""
    Setting.objects.update_or_create(key=SettingKey.VOTES_PER_ADDRESS_HOUR, defaults={"value": 10_000_000})
    unit = Unit.objects.first() or Unit.objects.create(code="unit", names={"zh-hans": "市政科"})
    now = clock.now()
    draft = planning.Draft(
        questions={"zh-hans": "人行道怎么改？"}, opens_at=now, closes_at=now + dt.timedelta(days=31)
    )
    row = planning.create(f"bench-{secrets.token_hex(4)}", unit=unit, draft=draft, actor="system")
    texts = [f"{WORD}{number}处。" for number in range(statements)]
    planning.add_seeds(row.pk, texts=texts, language="zh-hans", actor="system")
    phases.schedule(row.pk, actor="system")
    row = phases.open_due(row.pk)
    fill(row, votes)
    return row


def fill(row: Consultation, count: int, *, seed: int = 7) -> None:
    """Votes of people of four groups, 45 each."""
    rng = np.random.default_rng(seed)
    ids = np.array(row.statements.order_by("number").values_list("pk", flat=True))
    each = min(VOTES_EACH, len(ids))
    people = Participant.objects.bulk_create(
        Participant(consultation=row, pseudonym=secrets.token_hex(32)) for _one in range(count // each)
    )
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    profile = corners @ rng.normal(0, 0.7, (2, len(ids)))
    with connection.cursor() as cursor:
        sql = "COPY consultations_vote (created_at, consultation_id, participant_id, statement_id, value, via) FROM STDIN"
        at = clock.now() - dt.timedelta(minutes=5)
        with cursor.copy(sql) as copy:
            for number, person in enumerate(people):
                chosen = rng.permutation(len(ids))[:each]
                leaning = profile[number % 4, chosen] + rng.normal(0, 1, each)
                for statement, lean in zip(ids[chosen].tolist(), leaning.tolist(), strict=True):
                    value = 1 if lean > 0.3 else -1 if lean < -0.3 else 0
                    copy.write_row((at, row.pk, person.pk, statement, value, "web"))
        cursor.execute(
            "VACUUM (ANALYZE) consultations_vote, consultations_participant, consultations_statement"
        )


def an_answered_one(statements: int, votes: int) -> Consultation:
    """One that has closed; a third of its statements is adopted, each tenth of them with a promise."""
    row = an_open_one(statements, votes)
    phases.close_early(row.pk, reasons={"en": "All is said."}, actor="system")
    for place, pk in enumerate(row.statements.order_by("number").values_list("pk", flat=True)):
        decision = list(Decision)[place % 3]
        verdict = answers.Verdict(decision=decision, reasons={"zh-hans": "明年开工，见预算。"}, unit=row.unit)
        made = answers.decide(row.pk, statement_ids=[pk], verdict=verdict, actor="system")
        if place % 30 == 0:
            pledge = promises.Pledge(
                whats={"zh-hans": "改造这一处坡道"},
                proofs={"zh-hans": "照片"},
                unit=row.unit,
                due_on=clock.today() + dt.timedelta(days=90),
            )
            promises.promise(row.pk, answer_id=made.pk, pledge=pledge, actor="system")
    answers.conclude(row.pk, conclusions={"zh-hans": "谢谢大家，先改最急的三十处。"}, actor="system")
    phases.answer(row.pk, actor="system")
    return Consultation.objects.get(pk=row.pk)


def make_both(*, statements: int = 200, votes: int = 100_000) -> None:
    """An open and an answered one, unless there are some."""
    if not Consultation.objects.filter(state=State.OPEN).exists():
        maps.refresh(an_open_one(statements, votes).pk)
    if not Consultation.objects.filter(state=State.ANSWERED).exists():
        an_answered_one(statements, votes)


def screens() -> list[tuple[str, str, str]]:
    """(name, user, address) of every screen of a consultation that is open and of one that was answered."""
    found = []
    for state in (State.OPEN, State.ANSWERED):
        row = Consultation.objects.filter(state=state).latest("pk")
        names = ["", "_map", "_statements", "_mine"] + ["_vote", "_write", "_told"] * (state is State.OPEN)
        found += [
            (
                f"consultation{name} ({state.value})",
                "",
                reverse(f"public:consultation{name}", args=[row.code]),
            )
            for name in names
        ]
        names = ["consultation", "consultation_preview", "statements", "results"]
        names += ["statements_new", "papers"] if state is State.OPEN else ["answers", "promises"]
        found += [
            (
                f"consultation desk: {name} ({state.value})",
                "operator" if name == "papers" else "supervisor",
                reverse(f"desk:{name}", args=[row.pk]),
            )
            for name in names
        ]
        listed = reverse("desk:statements", args=[row.pk]) + "?standing=published"
        found.append((f"consultation desk: statements shown ({state.value})", "supervisor", listed))
    adopted = row.answers.filter(promise__isnull=False, promise__state="open").first()
    if adopted is not None:
        way = reverse("desk:promise_settle", args=[row.pk, adopted.pk])
        found.append(("consultation desk: promise settle (answered)", "supervisor", way))
    return found
