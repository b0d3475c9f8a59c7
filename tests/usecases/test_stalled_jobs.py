"""What a killed worker had begun, on the tables that the worker uses."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from huiyin.usecases import jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs(transactional_db):
    """The worker's tables are no models, so nobody else empties them: neither before these tests nor after."""
    empty()
    yield
    empty()


def empty():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers")


def begun_by_a_dead_worker(name, *, lock=None, queueing_lock=None):
    """A job under way for a worker whose heart has not beaten for an hour; returns its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)"
            " VALUES ('default', %s, %s, %s, '{}', 'doing', %s) RETURNING id",
            [name, lock, queueing_lock, worker],
        )
        return cursor.fetchone()[0]


def waiting(name, *, lock=None, queueing_lock=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)"
            " VALUES ('default', %s, %s, %s, '{}', 'todo') RETURNING id",
            [name, lock, queueing_lock],
        )
        return cursor.fetchone()[0]


def states():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs")
        return dict(cursor.fetchall())


def run():
    class Context:
        pass

    async def work():
        with app.replace_connector(app.connector.get_worker_connector()) as own:
            async with own.open_async():
                Context.app = own
                await jobs.retry_stalled.func(Context(), 0)

    # A thread of its own: where a browser test ran before, its event loop still stands in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()


def test_a_broken_off_job_runs_again():
    job = begun_by_a_dead_worker("huiyin.usecases.jobs.watch")
    run()
    assert states()[job] == "todo"


def test_a_broken_off_job_whose_next_run_waits_goes_out_of_its_way_and_holds_up_no_other():
    both = {"lock": "read_mailbox", "queueing_lock": "read_mailbox"}
    first = begun_by_a_dead_worker("huiyin.usecases.jobs.read_mailbox", **both)
    following = waiting("huiyin.usecases.jobs.read_mailbox", **both)
    other = begun_by_a_dead_worker("huiyin.usecases.jobs.watch")
    run()
    assert states() == {first: "aborted", following: "todo", other: "todo"}
    with connection.cursor() as cursor:
        # As a worker takes its next job: the lock is free.
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND lock = 'read_mailbox'")
        assert cursor.fetchall() == []
