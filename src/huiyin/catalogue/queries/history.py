"""Reads for those who change services: the whole tree, versions and what differs between them."""

from django.db.models import Q, QuerySet

from huiyin.catalogue import queries, versions
from huiyin.catalogue.models import Channel, Service, ServiceVersion
from huiyin.kernel import languages

Draft = versions.Draft
Difference = versions.Difference


def all_services(words: str = "") -> list[tuple[Service, int]]:
    """Every service, retired ones too, with its depth in the tree.

    With `words`: the ones found and what is above them.
    """
    rows = {
        row.pk: row for row in Service.objects.select_related("current", "current__unit").order_by("code")
    }
    wanted = _found(words, rows) if words else set(rows)
    shown = {pk: row for pk, row in rows.items() if pk in wanted}
    parents = {pk: row.parent_id for pk, row in shown.items()}
    return [(shown[pk], depth) for pk, depth in versions.ordered_tree(parents, list(shown))]


def _found(words: str, rows: dict[int, Service]) -> set[int]:
    hits = Service.objects.filter(
        Q(code__icontains=words)
        | Q(current__internal_name__icontains=words)
        | Q(current__keywords__icontains=words)
        | languages.contain("current__public_names", words)
    ).values_list("pk", flat=True)
    found: set[int] = set()
    for pk in hits:
        above: int | None = pk
        while above is not None and above not in found:
            found.add(above)
            above = rows[above].parent_id
    return found


def any_service(code: str) -> Service | None:
    """The service with this code, offered or not, or None."""
    rows = Service.objects.select_related("current__unit", "current__form", "parent__current")
    return rows.filter(code=code).first()


def history(service_row: Service) -> list[tuple[ServiceVersion, list[Difference]]]:
    """All versions, newest first, each with what it changed."""
    rows = list(service_row.versions.select_related("author", "form", "unit").order_by("number"))
    drafts = [None, *(versions.draft_of(row) for row in rows)]
    told = [
        (row, versions.differences(before, after))
        for row, before, after in zip(rows, drafts, drafts[1:], strict=False)
        if after is not None
    ]
    return told[::-1]


def compare(service_row: Service, *, first: int, second: int) -> list[Difference]:
    """What differs between two versions by number; nothing for numbers that do not exist."""
    rows = {row.number: row for row in service_row.versions.filter(number__in=[first, second])}
    if first not in rows or second not in rows:
        return []
    return versions.differences(versions.draft_of(rows[first]), versions.draft_of(rows[second]))


def draft_of(version_row: ServiceVersion) -> Draft:
    """The values of a version, to be changed into another one."""
    return versions.draft_of(version_row)


def channels() -> QuerySet[Channel]:
    """All channels, in use or not."""
    return Channel.objects.order_by("-is_active", "id")


def without_unit() -> list[Service]:
    """Services on offer that a case can be about and that send it to no unit."""
    return [row for row in queries.leaves(queries.services()) if row.current and row.current.unit_id is None]


def clocks() -> tuple[str, ...]:
    """The clocks that a service may run differently from the settings."""
    return versions.CLOCKS


def service_by_id(pk: int | None) -> Service | None:
    """The service with this id, offered or not, or None."""
    return Service.objects.select_related("current").filter(pk=pk).first() if pk else None
