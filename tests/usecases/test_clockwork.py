"""What the clock does by itself: each job run for real, twice."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record, TreeHead
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Attempt, Case, Draft, Pause
from huiyin.cases.operations import acting, drafts, handling, limits
from huiyin.kernel import clock
from huiyin.scorecards.models import Snapshot
from huiyin.usecases import basics, clockwork, jobs
from tests import factories
from tests.factories import database

pytestmark = pytest.mark.django_db


def officer_of(unit) -> acting.Actor:
    return acting.staff(factories.user((Role.OFFICER, unit)))


def test_a_question_that_nobody_answers_lets_the_clock_go_on():
    unit = factories.unit()
    begin = clock.now() - dt.timedelta(days=30)
    with clock.turned_to(begin):
        case = factories.case(unit=unit)
        promised = case.promised_at
        handling.ask(case.pk, text="哪一盏？", actor=officer_of(unit))
    assert clockwork.resume_expired_pauses() == 1
    assert clockwork.resume_expired_pauses() == 0
    case, pause = Case.objects.get(), Pause.objects.get()
    assert case.state == State.IN_PROGRESS
    assert case.promised_at == promised < case.due_at
    # The person had five working days; what they did not use up beyond is not given to the office.
    assert pause.ended_at == pause.until


def test_silence_closes_an_answered_case_and_is_no_verdict():
    unit = factories.unit()
    with clock.turned_to(clock.now() - dt.timedelta(days=20)):
        case = factories.case(unit=unit)
        reply = handling.answer(case.pk, text="好了", outcome=Outcome.SOLVED, actor=officer_of(unit))
    fresh = factories.case(unit=unit)
    handling.answer(fresh.pk, text="好了", outcome=Outcome.SOLVED, actor=officer_of(unit))
    assert clockwork.close_silent_cases() == 1
    assert clockwork.close_silent_cases() == 0
    assert Case.objects.get(pk=case.pk).state == State.CLOSED
    assert Case.objects.get(pk=fresh.pk).state == State.ANSWERED
    reply.refresh_from_db()
    assert reply.verdict is None


def test_drafts_and_counters_of_yesterday_are_gone():
    with clock.turned_to(clock.now() - dt.timedelta(days=3)):
        drafts.begin()
        limits.count_case("10.0.0.1")
    drafts.begin()
    limits.count_case("10.0.0.1")
    assert clockwork.remove_old_drafts() == 1
    assert clockwork.remove_old_counts() == 1
    assert (Draft.objects.count(), Attempt.objects.count()) == (1, 1)


def test_every_periodic_job_runs():
    factories.case()
    for job in (
        jobs.seal_log,
        jobs.run_clocks,
        jobs.tidy,
        jobs.send_notices,
        jobs.count_figures,
        jobs.retention,
    ):
        job(timestamp=0)
    assert not Record.objects.filter(sequence=None).exists()
    assert TreeHead.objects.get().size == 1
    assert Snapshot.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_takes_jobs_from_the_queue():
    factories.case()
    app.configure_task("seal_log").defer(timestamp=0)
    # A worker also puts in the periodic job of this minute, which need not be taken before it ends.
    ours = ProcrastinateJob.objects.filter(task_name="seal_log", args__timestamp=0)
    assert ours.get().status == "todo"
    worker = [sys.executable, "-m", "huiyin.config.main", "worker", "--once"]
    subprocess.run(worker, env={**os.environ, "DATABASE_URL": database.url()}, check=True, timeout=60)
    assert TreeHead.objects.count() == 1
    assert not ours.filter(status__in=["todo", "doing"]).exists()


def test_basics_are_created_once():
    basics.ensure()
    basics.ensure()
    assert factories.Channel.objects.filter(at_desk=True).count() == 6
