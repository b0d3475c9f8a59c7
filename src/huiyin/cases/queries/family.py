"""Cases that belong together: merged into each other, split off, linked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Left

from huiyin.cases import permissions
from huiyin.cases.models import Case, CaseLink
from huiyin.cases.queries import pending
from huiyin.kernel import public_ids

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huiyin.accounts.models import User

DEEPEST = 100
ABOUT_CHARACTERS = 80


@dataclass(frozen=True)
class Family:
    """What stands around a case on its page."""

    merged: list[Case]
    parts: list[Case]
    links: list[Case]

    def __bool__(self) -> bool:
        return bool(self.merged or self.parts or self.links)


def around(case: Case, *, user: User) -> Family:
    """Merged cases, parts and linked cases, as far as they are not kept from one; queries only for what there is."""
    found = pending.matters(case)
    ends = Q(pk__in=CaseLink.objects.filter(first=case).values("second_id")) | Q(
        pk__in=CaseLink.objects.filter(second=case).values("first_id")
    )
    linked = Case.objects.filter(permissions.visible(user), ends) if found.has_links else None
    closed = permissions.closed_to(user)
    return Family(
        merged=_rows(case.merged.exclude(closed)) if found.has_merged else [],
        parts=_rows(case.parts.exclude(closed)) if found.has_parts else [],
        links=_rows(linked) if linked is not None else [],
    )


def above(case_id: int) -> list[int]:
    """Ids of the cases that this one follows, the one that is worked on first; empty where it is not merged."""
    found: list[int] = []
    step: int | None = case_id
    while step is not None and len(found) < DEEPEST:
        step = Case.objects.filter(pk=step).values_list("merged_into_id", flat=True).first()
        if step is not None:
            found.insert(0, step)
    return found


def followers(case_id: int) -> list[int]:
    """Ids of the cases that follow this one directly."""
    return list(Case.objects.filter(merged_into_id=case_id).order_by("pk").values_list("pk", flat=True))


def group_size(case: Case) -> int:
    """How many people besides its own get what the case is answered with."""
    if not pending.matters(case).has_merged:
        return 0
    count, level = 0, [case.pk]
    while level and count < DEEPEST * DEEPEST:
        level = list(Case.objects.filter(merged_into_id__in=level).values_list("pk", flat=True))
        count += len(level)
    return count


def related(case_id: int) -> set[int]:
    """Ids of all that the case is a part of, and of all its parts, at any depth."""
    found: set[int] = set()
    step = Case.objects.filter(pk=case_id).values_list("parent_id", flat=True).first()
    while step is not None and step not in found:
        found.add(step)
        step = Case.objects.filter(pk=step).values_list("parent_id", flat=True).first()
    level = {case_id}
    while level:
        level = set(Case.objects.filter(parent_id__in=level).values_list("pk", flat=True)) - found
        found |= level
    return found


def parts_of_person(case: Case) -> list[Case]:
    """The whole and all parts of what one person raised, for their own page; empty where nothing was split off."""
    root = case.root_id or case.pk
    rows = Case.objects.filter(Q(root_id=root) | Q(pk=root)).select_related("unit", "service__current")
    found = list(rows.defer("text", "words", "intake", "extra").order_by("pk"))
    return found if len(found) > 1 else []


def open_parts(case_id: int) -> list[int]:
    """Ids of the parts that were split off from this very case and are not confidential."""
    rows = Case.objects.filter(parent_id=case_id, is_confidential=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def part_ids(case_id: int) -> list[int]:
    """Ids of all parts of a case that a person raised."""
    return list(Case.objects.filter(root_id=case_id).order_by("pk").values_list("pk", flat=True))


def part(case: Case, number: str) -> Case | None:
    """Another part of the same person's case, or None: the same secret opens it."""
    wanted = public_ids.plain(number)
    return next(
        (
            row
            for row in parts_of_person(case)
            if row.number == wanted and row.secret_hash == case.secret_hash
        ),
        None,
    )


def by_numbers(user: User, text: str) -> tuple[list[int], list[str]]:
    """Ids of the cases whose numbers stand in the text as far as the user may see them, and what could not be found."""
    wanted = list(
        dict.fromkeys(public_ids.plain(word) for word in text.replace(",", " ").replace("，", " ").split())
    )
    rows = dict(Case.objects.filter(permissions.visible(user), number__in=wanted).values_list("number", "pk"))
    return [rows[number] for number in wanted if number in rows], [n for n in wanted if n not in rows]


def _rows(rows: QuerySet[Case]) -> list[Case]:
    found = rows.select_related("unit", "service__current").defer("text", "words", "intake", "extra")
    return list(found.annotate(about=Left("text", ABOUT_CHARACTERS)).order_by("pk")[:DEEPEST])
