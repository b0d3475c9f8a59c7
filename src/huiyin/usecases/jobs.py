"""Background jobs: use cases that run by the clock or after something happened. Each may run twice without harm."""

import contextlib
import datetime as dt

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

from huiyin.aftercare.operations import calling, sampling
from huiyin.audit import operations as audit
from huiyin.cases.operations import distributing, indexing, word_indexes
from huiyin.cases.queries import distributing as queries
from huiyin.files import operations as files
from huiyin.hooks import queries as hooks
from huiyin.hooks.operations import telling
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.notifications import operations as notifications
from huiyin.notifications import queries as outbox
from huiyin.privacy import operations as privacy
from huiyin.scorecards import operations as scorecards
from huiyin.triage.operations import learning, proposing, training
from huiyin.triage.operations import waiting as waiting_cases
from huiyin.usecases import (
    clockwork,
    consulting,
    holds,
    hot_topics,
    mailbox,
    opendata,
    opinion_maps,
    relaying,
    warnings,
)
from huiyin.usecases.bulk import waiting

# What one run sends at most, and from where on a second worker helps.
NOTICES_AT_ONCE, MANY_NOTICES = 10_000, 1_000
# Seconds after the moment of a run until which it watches. Procrastinate queues a periodic job half a second after
# its moment, and the next moment is two seconds on: each run hands over to one that watches already. A worker that is
# told to stop waits three seconds, so no run may take longer.
WATCHED_UNTIL, LEAST_WATCHED, MOST_WATCHED = 3.2, 0.5, 2.7
MANY_CASES = 200
# Of each unit in two minutes: an officer who finds a thousand new cases at once knows no better where to begin.
DISTRIBUTED_AT_ONCE = 100


@app.periodic(cron="* * * * * */15")
@app.task(name="seal_log", queueing_lock="seal_log", pass_context=False)
def seal_log(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Put leaves and records in order and sign a tree head; well within the promised 60 seconds."""
    audit.seal_records()
    audit.sign_tree_head()


@app.periodic(cron="*/5 * * * *")
@app.task(name="run_clocks", queueing_lock="run_clocks")
def run_clocks(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Continue, warn of and close cases whose time has come, and say who is to be called back."""
    clockwork.resume_expired_pauses()
    clockwork.put_undecided_before_arbiter()
    warnings.warn_of_deadlines()
    clockwork.close_silent_cases()
    calling.drop_needless()
    calling.open_due()


@app.periodic(cron="17 * * * *")
@app.task(name="tidy", queueing_lock="tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Remove drafts, counters, absences and unused files that are over."""
    clockwork.remove_old_drafts()
    clockwork.remove_old_counts()
    clockwork.forget_given_answers()
    clockwork.forget_old_codes()
    clockwork.forget_old_deliveries()
    clockwork.forget_absences()
    files.remove_unused()
    files.remove_orphans()
    waiting.forget_old()


@app.periodic(cron="* * * * * */20")
@app.task(name="send_notices", queueing_lock="send_notices")
def send_notices(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Send what waits in the outbox; where it is much, a second worker helps."""
    if outbox.backlog().waiting > MANY_NOTICES:
        with contextlib.suppress(AlreadyEnqueued):
            help_to_send.defer()
    notifications.deliver_waiting(limit=NOTICES_AT_ONCE)


@app.task(name="help_to_send", queueing_lock="help_to_send")
def help_to_send() -> None:
    """Send beside the periodic job; each takes different notices."""
    notifications.deliver_waiting(limit=NOTICES_AT_ONCE)


@app.periodic(cron="* * * * * */10")
@app.task(name="tell_hooks", queueing_lock="tell_hooks")
def tell_hooks(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Let each web hook that is due have a job of its own, so that a slow receiver holds up nobody else."""
    for hook_id in hooks.ready():
        name = f"hook-{hook_id}"
        with contextlib.suppress(AlreadyEnqueued):
            tell_hook.configure(lock=name, queueing_lock=name).defer(hook_id=hook_id)


@app.task(name="tell_hook")
def tell_hook(hook_id: int) -> None:
    """Send what waits for one web hook."""
    telling.deliver(hook_id)


@app.periodic(cron="* * * * * */30")
@app.task(name="relay_cases", queueing_lock="relay_cases")
def relay_cases(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Send cases to the other systems in which some units work, and ask after them."""
    relaying.carry_on()


@app.periodic(cron="*/10 * * * *")
@app.task(name="count_figures", queueing_lock="count_figures")
def count_figures(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Count the public figures anew."""
    scorecards.refresh()


@app.periodic(cron="* * * * *")
@app.task(name="read_mailbox", queueing_lock="read_mailbox", lock="read_mailbox")
def read_mailbox(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Take in what came by mail, where a mailbox is set."""
    if mailbox.is_set():
        mailbox.fetch()


@app.periodic(cron="7 18 * * *")
@app.task(name="open_data", queueing_lock="open_data")
def open_data(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Write the day's files of published cases, a little after two in the morning in China."""
    opendata.publish()


@app.periodic(cron="23 3 * * *")
@app.task(name="retention", queueing_lock="retention")
def retention(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Let legal holds end, then anonymise and delete what is over; each run goes on where the last one stopped."""
    holds.end_and_tell()
    privacy.delete_due()
    privacy.anonymise_due()


@app.periodic(cron="4,34 * * * *")
@app.task(name="find_topics", queueing_lock="find_topics")
def find_topics(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Look for hot topics, and tell the supervisors of new ones."""
    hot_topics.look()


@app.periodic(cron="* * * * *")
@app.task(name="keep_index", queueing_lock="keep_index")
def keep_index(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Write entries of the search index anew after its rules changed; nothing to do most of the time."""
    indexing.catch_up()


@app.periodic(cron="*/10 * * * *")
@app.task(name="build_words", queueing_lock="build_words")
def build_words(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Build the indexes of words that a broken-off import left out; nothing to do most of the time."""
    word_indexes.build_missing()


@app.periodic(cron="*/7 * * * *")
@app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Run again what a killed worker had begun; every job may run twice.

    Where the next run of the same job waits already, the broken-off one only goes out of its way: its lock would keep
    the next one waiting for ever.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.ABORTED, delete_job=False)


# No lock: workers take different cases, and the lock of a killed worker would keep all cases waiting for minutes.
@app.periodic(cron="* * * * * */2")
@app.task(name="propose", queue="proposals", queueing_lock="propose")
def propose(timestamp: int) -> None:
    """Propose service, unit, kind and duplicates for what comes in until the next run does; much gets a helper."""
    if waiting_cases.backlog().waiting > MANY_CASES:
        with contextlib.suppress(AlreadyEnqueued):
            help_to_propose.defer()
    waiting_cases.watch(seconds=watched(timestamp, now=clock.now()))


def watched(timestamp: int, *, now: dt.datetime) -> float:
    """For how many seconds the run of this moment watches if it begins now; a late one ends when it should have."""
    return min(max(timestamp + WATCHED_UNTIL - now.timestamp(), LEAST_WATCHED), MOST_WATCHED)


@app.task(name="help_to_propose", queueing_lock="help_to_propose")
def help_to_propose() -> None:
    """Propose beside the periodic job, in whichever process does the other jobs; each takes different cases."""
    waiting_cases.watch(seconds=MOST_WATCHED)


@app.task(name="distribute", retry=3)
def distribute(case_id: int) -> None:
    """Look for an officer where the unit gives out its cases by itself; does nothing where somebody has it."""
    with contextlib.suppress(Refusal):
        distributing.distribute(case_id)


@app.periodic(cron="*/2 * * * *")
@app.task(name="distribute_waiting", queueing_lock="distribute_waiting", lock="distribute_waiting")
def distribute_waiting(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Give out what waits without an officer: what was imported, and what came while nobody was there."""
    for unit_id in queries.methods():
        distributing.distribute_waiting(unit_id, most=DISTRIBUTED_AT_ONCE)


@app.periodic(cron="* * * * *")
@app.task(name="read_decisions", queueing_lock="read_decisions")
def read_decisions(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Note what became of proposals, and propose for waiting cases that were imported."""
    learning.read_new()
    proposing.propose_missing()


@app.periodic(cron="41 2 * * *")
@app.task(name="train_triage", queueing_lock="train_triage")
def train_triage(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Learn from the decisions up to now; a model that is worse on the newest cases replaces nothing."""
    training.train_all()


@app.task(name="import_file", retry=3)
def import_file(token: str, user_id: int) -> None:
    """Import a file that was sent in by a screen."""
    waiting.run(token, user_id=user_id)


@app.periodic(cron="41 4 * * *")
@app.task(name="draw_sample", queueing_lock="draw_sample")
def draw_sample(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Draw answers of last week to be read again; does nothing where that was done."""
    sampling.draw()


@app.periodic(cron="* * * * * 5")
@app.task(name="consultation_days", queueing_lock="consultation_days")
def consultation_days(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the moment
    """Open and close consultations at their dates, and ask again for refreshes that were lost."""
    consulting.open_and_close_due()
    opinion_maps.refresh_forgotten()
