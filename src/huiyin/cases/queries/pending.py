"""What hangs on a case beyond its own row: which decisions are waited for, and what the page has to fetch at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from huiyin.cases import logic
from huiyin.cases.enums import ExtensionState, ReturnEnd
from huiyin.cases.models import Case, CaseLink, Extension, Return, Summoned, Summons, Task

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Matters:
    """Which kinds of things there are around one case; read in one query, so that pages fetch only what exists."""

    extension_asked: bool = False
    has_extensions: bool = False
    returned: bool = False
    with_arbiter: bool = False
    ruled: bool = False
    has_returns: bool = False
    has_merged: bool = False
    has_parts: bool = False
    has_links: bool = False
    has_tasks: bool = False
    has_summonses: bool = False

    @property
    def pending(self) -> logic.Pending:
        """What the table of moves asks about."""
        return logic.Pending(
            extension=self.extension_asked,
            returned=self.returned,
            with_arbiter=self.with_arbiter,
            ruled=self.ruled,
        )


@dataclass(frozen=True)
class Called:
    """A summons and the units that were called."""

    summons: Summons
    units: list[Summoned]


def matters(case: Case) -> Matters:
    """Everything around the case, in one query; remembered on the instance for the rest of the request."""
    known: Matters | None = getattr(case, "_matters", None)
    if known is None and hasattr(case, "around_has_tasks"):
        known = Matters(**{name: getattr(case, f"around_{name}") for name in _exists()})
        case._matters = known  # type: ignore[attr-defined]  # noqa: SLF001 -- our own note on the instance
    if known is None:
        row = Case.objects.filter(pk=case.pk).values_list(*_exists().values()).first()
        known = Matters(**dict(zip(_exists(), row, strict=True))) if row else Matters()
        case._matters = known  # type: ignore[attr-defined]  # noqa: SLF001 -- our own note on the instance
    return known


def riding_along() -> dict[str, Exists]:
    """The same as annotations of a case that is read for its page, which saves the query."""
    return {f"around_{name}": found for name, found in _exists().items()}


def extensions(case: Case) -> list[Extension]:
    """Every extension of the case, oldest first; no query where there is none."""
    if not matters(case).has_extensions:
        return []
    return list(case.extensions.select_related("asked_by", "decided_by", "unit"))


def returns(case: Case) -> list[Return]:
    """Every return of the case, oldest first; no query where there is none."""
    if not matters(case).has_returns:
        return []
    return list(case.returns.select_related("unit", "by", "proposed", "decided_unit", "decided_by"))


def tasks(case: Case) -> list[Task]:
    """What other units were asked for, by deadline; no query where there is nothing."""
    if not matters(case).has_tasks:
        return []
    return list(case.tasks.select_related("unit", "asked_by", "done_by"))


def summonses(case: Case) -> list[Called]:
    """Who was called where, with arrivals, in one query; none where there is nothing."""
    if not matters(case).has_summonses:
        return []
    rows = Summoned.objects.filter(summons__case=case).select_related("unit", "summons__unit", "summons__by")
    found: dict[int, Called] = {}
    for row in rows.order_by("summons__at", "summons_id", "pk"):
        found.setdefault(row.summons_id, Called(row.summons, [])).units.append(row)
    return list(found.values())


def granted(case: Case) -> list[Extension]:
    """The extensions that were granted, for the person and the public."""
    return list(case.extensions.filter(state=ExtensionState.GRANTED))


def _exists() -> dict[str, Exists]:
    asked = Extension.objects.filter(state=ExtensionState.ASKED)
    returned = Return.objects.filter(ended_at__isnull=True)
    ruled = Return.objects.filter(end=ReturnEnd.RULED, decided_unit=OuterRef("unit"))
    return {
        "extension_asked": _some(asked),
        "has_extensions": _some(Extension.objects.all()),
        "returned": _some(returned),
        "with_arbiter": _some(returned.filter(with_arbiter_since__isnull=False)),
        "ruled": _some(ruled),
        "has_returns": _some(Return.objects.all()),
        "has_tasks": _some(Task.objects.all()),
        "has_summonses": _some(Summons.objects.all()),
        "has_merged": Exists(Case.objects.filter(merged_into=OuterRef("pk"))),
        "has_parts": Exists(Case.objects.filter(parent=OuterRef("pk"))),
        "has_links": Exists(CaseLink.objects.filter(Q(first=OuterRef("pk")) | Q(second=OuterRef("pk")))),
    }


def _some(rows: QuerySet[Any]) -> Exists:
    return Exists(rows.filter(case=OuterRef("pk")).order_by())
