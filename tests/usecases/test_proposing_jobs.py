"""The job that proposes for what comes in: no moment without a run, whoever is killed; every queue has somebody."""

import datetime as dt
import os
import subprocess
import sys
from itertools import pairwise

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from huiyin.triage.models import Proposal
from huiyin.usecases import jobs
from huiyin.web.management.commands import serve
from tests import factories
from tests.factories import database
from tests.triage.test_proposing import filed_case
from tests.usecases.test_stalled_jobs import begun_by_a_dead_worker, no_jobs, states  # noqa: F401 -- a fixture

QUEUED_LATE = 0.5  # by procrastinate, always
EVERY = 2


def end_of(moment, *, late):
    begin = moment + QUEUED_LATE + late
    return begin + jobs.watched(moment, now=dt.datetime.fromtimestamp(begin, tz=dt.UTC))


@pytest.mark.parametrize("late", [0.0, 0.2, 0.6])
def test_each_run_hands_over_to_one_that_watches_already(late):
    """However late the next one is queued, up to two thirds of a second."""
    moments = [1_000_000 + EVERY * number for number in range(5)]
    for one, following in pairwise(moments):
        assert end_of(one, late=0) >= following + QUEUED_LATE + late
        assert end_of(one, late=late) >= following + QUEUED_LATE + late


def test_a_late_run_ends_when_it_should_have_and_none_takes_longer_than_a_worker_may_after_its_last_call():
    assert end_of(1_000_000, late=0.6) == pytest.approx(end_of(1_000_000, late=0), abs=0.01)
    assert end_of(1_000_000, late=500) == pytest.approx(1_000_000 + QUEUED_LATE + 500 + jobs.LEAST_WATCHED)
    for late in (-3, 0, 1, 900):
        assert 0 < end_of(1_000_000, late=late) - (1_000_000 + QUEUED_LATE + late) < 3


def test_serve_has_a_process_for_every_queue():
    used = {
        task.queue for name, task in app.tasks.items() if name.startswith("huiyin") or task.queue != "builtin"
    }
    assert used <= set(serve.QUEUES)
    assert {serve.worker(queue).command[-1] for queue in serve.QUEUES} == {
        f"--queues={queue}" for queue in serve.QUEUES
    }


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_killed_keeps_no_case_waiting_and_one_of_other_jobs_leaves_them_to_it():
    factories.service(unit=factories.unit(), public_names={"zh-hans": "路灯"})
    case = filed_case()
    task = jobs.propose
    begun_by_a_dead_worker(task.name, lock=task.lock, queueing_lock=task.queueing_lock)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queue_name = %s", [task.queue])
    job = task.defer(timestamp=0)
    work("default")
    assert states()[job] == "todo"
    work("proposals")
    assert job not in states(), "what is done is deleted"
    assert Proposal.objects.get().case_id == case.pk


def work(queue):
    command = [sys.executable, "-m", "huiyin.config.main", "worker", "--once", f"--queues={queue}"]
    subprocess.run(command, env=os.environ | {"DATABASE_URL": database.url()}, check=True, timeout=60)
