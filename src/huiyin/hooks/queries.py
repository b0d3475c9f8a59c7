"""Reads about web hooks and what was sent to them."""

from django.core.cache import caches
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huiyin.hooks import logic
from huiyin.hooks.enums import DeliveryState, HookState
from huiyin.hooks.models import Delivery, Hook
from huiyin.kernel import clock

# A new or changed hook reaches every process within this time.
SECONDS_REMEMBERED = 10
CACHED = "hooks-told"


def hooks() -> QuerySet[Hook]:
    """All hooks with how many messages wait for each."""
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
    return Hook.objects.annotate(waiting=waiting).order_by("name")


def hook(pk: int) -> Hook | None:
    """One hook with how many messages wait, or None."""
    return hooks().filter(pk=pk).first()


def deliveries(row: Hook, *, state: str = "", reference: str = "") -> QuerySet[Delivery]:
    """What was sent to a hook or waits for it, newest first."""
    rows = row.deliveries.order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(reference=reference) if reference else rows


def delivery(row: Hook, pk: int) -> Delivery | None:
    """One message of a hook, or None."""
    return row.deliveries.filter(pk=pk).first()


def stopped() -> list[Hook]:
    """Hooks that were stopped because their receiver does not answer; asked of memory."""
    return [row for row in _listening() if row.state == HookState.STOPPED]


def anybody_listens() -> bool:
    """Whether there is a hook at all; asked of memory."""
    return bool(_listening())


def told(event: str, *, unit: str, service: str) -> list[int]:
    """Ids of the hooks that are told of an event; those that are stopped too, so that nothing is lost meanwhile."""
    return [
        row.pk
        for row in _listening()
        if logic.wants(
            events=row.events, units=row.units, services=row.services, event=event, unit=unit, service=service
        )
    ]


def _listening() -> list[Hook]:
    cache = caches["local"]
    known: list[Hook] | None = cache.get(CACHED)
    if known is None:
        known = list(Hook.objects.exclude(state=HookState.OFF).order_by("pk"))
        cache.set(CACHED, known, SECONDS_REMEMBERED)
    return known


def ready() -> list[int]:
    """Ids of hooks that are on and have something to be sent now."""
    due = Delivery.objects.filter(hook=OuterRef("pk"), state=DeliveryState.WAITING, due_at__lte=clock.now())
    return list(Hook.objects.filter(Exists(due), state=HookState.ON).values_list("pk", flat=True))
