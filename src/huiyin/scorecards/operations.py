"""Computing the figures; a job does it every ten minutes."""

from huiyin.kernel import clock
from huiyin.scorecards import counting
from huiyin.scorecards.enums import Period
from huiyin.scorecards.models import Snapshot


def refresh() -> None:
    """Count all periods anew, each with the one before it for comparison."""
    now = clock.now()
    for period in Period:
        figures = counting.compute(period, now=now)
        Snapshot.objects.update_or_create(period=period, defaults={"computed_at": now, "figures": figures})
