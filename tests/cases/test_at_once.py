"""Twenty workers act on the same hundred cases at once: no lost update, no deadlock, every refusal a clear message."""

import random
import threading
from collections import Counter

import pytest
from django.db import connections

from huiyin.accounts.enums import Role
from huiyin.cases.enums import ExtensionReason, Outcome, ReturnReason, State
from huiyin.cases.models import Case, Event, Reply
from huiyin.cases.operations import acting, extensions, handling, merging, person, returns, supervision
from huiyin.kernel.errors import Refusal
from huiyin.usecases import warnings
from tests import factories

WORKERS, CASES, ACTS = 20, 100, 25


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_on_a_hundred_cases():
    units = [factories.unit(), factories.unit()]
    roles = [(Role.OFFICER, units[0]), (Role.OFFICER, units[1]), (Role.UNIT_HEAD, units[0]), (Role.DISPATCHER, None),
             (Role.SUPERVISOR, None)]  # fmt: skip
    actors = [acting.staff(factories.user(role)) for role in roles]
    for actor in actors:
        actor.user.standing()
    versions = [factories.service(unit=unit).current for unit in units]
    ids = [factories.case(version=versions[n % 2]).pk for n in range(CASES)]
    done, faults, refusals = Counter(), [], []
    lock = threading.Lock()

    def verbs(chance):
        actor, pk = chance.choice(actors), chance.choice(ids)
        return chance.choice(
            [
                lambda: handling.sign_for(pk, actor=actor),
                lambda: handling.write_note(pk, text="Seen.", actor=actor),
                lambda: handling.assign(pk, unit=chance.choice(units), actor=actor),
                lambda: handling.answer(pk, text="Done.", outcome=Outcome.EXPLAINED, actor=actor),
                lambda: handling.ask(pk, text="Which?", actor=actor),
                lambda: person.write(pk, text="Here."),
                lambda: person.withdraw(pk) if chance.random() < 0.1 else person.reopen(pk, text="No."),
                lambda: merging.merge(pk, others=chance.sample(ids, 3), actor=actor),
                lambda: merging.unmerge(pk, actor=actor),
                lambda: returns.give_back(pk, reason=ReturnReason.UNCLEAR, text="?", actor=actor),
                lambda: extensions.ask(pk, days=1, reason=ExtensionReason.WORKS, text="Pipes.", actor=actor),
                lambda: extensions.grant(pk, actor=actor),
                lambda: supervision.take_over(pk, unit=chance.choice(units), reason="Now.", actor=actor),
                lambda: handling.assign_many(chance.sample(ids, 3), unit=units[0], actor=actor),
                lambda: warnings.warn_of_deadlines(),
            ]
        )

    def work(seed):
        chance = random.Random(seed)
        try:
            for _act in range(ACTS):
                try:
                    verbs(chance)()
                    with lock:
                        done["done"] += 1
                except Refusal as refusal:
                    with lock:
                        refusals.append(str(refusal.message))
                except Exception as fault:  # noqa: BLE001 -- whatever it is, it is what the test looks for
                    with lock:
                        faults.append(repr(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert done["done"] > CASES
    assert refusals
    assert all(refusals), "every refusal says why"
    for row in Case.objects.all():
        # One change, one revision: an update that was lost would leave them apart. Filing left two rows and revision 1.
        changes = Event.objects.filter(case=row).exclude(action__in=["file", "warn"]).count()
        assert row.revision == changes, "no update was lost"
        assert (row.state == State.MERGED) == (row.merged_into_id is not None)
    assert Reply.objects.filter(kind="answer").count() >= Case.objects.filter(state=State.ANSWERED).count()
