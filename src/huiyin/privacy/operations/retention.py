"""What time does to cases: after a year a closed one loses everything personal, later it goes for good.

Each step is small, may be stopped at any moment and goes on with the next run. Cases that somebody is working on just
then are left for the next time.
"""

import datetime as dt
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from huiyin.audit import operations as audit
from huiyin.cases.enums import Party, State
from huiyin.cases.queries import holds
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.privacy import queries
from huiyin.privacy.enums import Rule
from huiyin.privacy.operations import erasing

BATCH = 500


def anonymise_due(*, batch: int = BATCH) -> int:
    """Anonymise finished cases after the set days; returns how many. Leaves what `erase_case` leaves."""
    done = 0
    while changed := _anonymise_batch(batch):
        done += changed
    return done


def delete_due(*, batch: int = BATCH) -> int:
    """Delete withdrawn and other finished cases after the set days of each, with all that belongs to them.

    Returns how many. The leaf in the public log stays, the register of deletions says how many went.
    """
    withdrawn, others = Q(state=State.WITHDRAWN), Q(state__in=[State.CLOSED, State.NOT_ACCEPTED])
    done = 0
    for rule, which, days in (
        (Rule.WITHDRAWN, withdrawn, SettingKey.DELETE_WITHDRAWN_AFTER_DAYS),
        (Rule.OLD, others, SettingKey.DELETE_AFTER_DAYS),
    ):
        while changed := _delete_batch(rule, _over(days).filter(which), batch):
            done += changed
    return done


@transaction.atomic
def _anonymise_batch(batch: int) -> int:
    waiting = _over(SettingKey.ANONYMISE_AFTER_DAYS).filter(anonymised_at=None)
    ids = _locked(waiting, batch)
    if ids:
        counts = erasing.anonymise(ids, party=Party.SYSTEM, actor="system")
        erasing.register(Rule.ANONYMISED, cases=len(ids), rows=counts)
    return len(ids)


@transaction.atomic
def _delete_batch(rule: Rule, which: QuerySet[Any], batch: int) -> int:
    ids = _locked(which, batch)
    if not ids:
        return 0
    # All rows are looked for before the first one goes; upper packages are deleted before what they lean on.
    going = [
        (model, list(queries.rows(model, ids).values_list("pk", flat=True)))
        for model in queries.subject_models()
    ]
    counts: Counter[str] = Counter({model._meta.label: len(set(rows)) for model, rows in going})
    for model, rows in going:
        erasing.delete_rows(model, rows)
    erasing.register(rule, cases=len(ids), rows=+counts)
    audit.record_many(
        audit.Entry("case.delete", actor="system", subject=f"case:{pk}", data={"rule": rule.value})
        for pk in ids
    )
    return len(ids)


def _over(days: SettingKey) -> QuerySet[Any]:
    """Finished cases whose end lies more than the set days back, without those under a legal hold."""
    before = clock.now() - dt.timedelta(days=int(organisations.setting(days)))
    ended = Coalesce("closed_at", "answered_at", "received_at")
    cases: QuerySet[Any] = queries.case_model()._default_manager.alias(ended=ended)
    over = cases.filter(state__in=erasing.FINISHED, received_at__lt=before, ended__lt=before)
    return over.filter(holds.free())


def _locked(cases: QuerySet[Any], batch: int) -> list[int]:
    free = cases.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return list(free.values_list("pk", flat=True)[:batch])
