"""Units that work in another system: their cases go there, and what it says comes back. Run by a job."""

from huiyin.kernel.ports import Health
from huiyin.relays import queries
from huiyin.relays.operations import sending

SENT_AT_ONCE = 50


def carry_on() -> None:
    """Put new cases in line, send what is due, ask after what was sent. A system that is down holds up no other."""
    connections = queries.active()
    for row in connections:
        sending.collect(row)
    for relay_id in queries.due(most=SENT_AT_ONCE):
        sending.send(relay_id)
    for row in connections:
        sending.ask(row)


def health() -> Health:
    """Whether the other systems answer, and what of our cases waits, failed or stands differently there."""
    return queries.health(sending.answers)
