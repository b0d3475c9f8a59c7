"""Reads about services and channels."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import get_language

from huiyin.catalogue.models import Channel, Service, ServiceVersion


def localised(names: dict[str, str], language: str | None = None) -> str:
    """The name in the wanted language; else in Simplified Chinese, English, or any there is."""
    wanted = language or get_language() or ""
    for code in (wanted, "zh-hans", "zh-hant", "en"):
        if names.get(code):
            return names[code]
    return next(iter(names.values()), "")


def services() -> QuerySet[Service]:
    """Services on offer with their current versions, by code."""
    return (
        Service.objects.filter(is_active=True, current__isnull=False)
        .select_related("current", "current__unit", "parent__current")
        .order_by("code")
    )


def service(code: str) -> Service | None:
    """The service on offer with this code, or None."""
    return services().filter(code=code).first()


def leaves(rows: Iterable[Service]) -> list[Service]:
    """Of these services, the ones without children among them: what a case can be about."""
    found = list(rows)
    parents = {row.parent_id for row in found}
    return [row for row in found if row.pk not in parents]


def version(pk: int) -> ServiceVersion:
    """One version with what belongs to it."""
    return ServiceVersion.objects.select_related("service", "unit", "form").get(pk=pk)


def channel(code: str) -> Channel | None:
    """The channel with this code, or None."""
    return Channel.objects.filter(code=code).first()


def desk_channels() -> QuerySet[Channel]:
    """Channels that an operator can choose."""
    return Channel.objects.filter(is_active=True, at_desk=True)
