"""What a version of a service holds, and how two versions differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from huiyin.catalogue.enums import Kind, ServiceField, Urgency
from huiyin.engines import worktime

Texts = Mapping[str, str]
# Clocks that a service may run differently from the settings.
CLOCKS = ("sign_for", "first_contact", "answer")


@dataclass(frozen=True)
class Draft:
    """Everything that can change about a service, before it is frozen as a version."""

    public_names: Texts = field(default_factory=dict)
    internal_name: str = ""
    descriptions: Texts = field(default_factory=dict)
    keywords: Sequence[str] = ()
    unit_id: int | None = None
    kind: str = Kind.HELP.value
    urgency: str = Urgency.ORDINARY.value
    limits: Texts = field(default_factory=dict)
    form_id: int | None = None
    may_publish: bool = True
    anonymous_allowed: bool = True
    contact_required: bool = False
    place_required: bool = False
    emergency_notice: Texts = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The fields by name, lists and texts in their stored form."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in ("public_names", "descriptions", "limits", "emergency_notice"):
            found[name] = {key: text.strip() for key, text in found[name].items() if text.strip()}
        found["keywords"] = list(dict.fromkeys(word.strip() for word in self.keywords if word.strip()))
        found["internal_name"] = self.internal_name.strip()
        return found


@dataclass(frozen=True)
class Difference:
    """One field that is not the same in two versions, with its raw values."""

    field: ServiceField
    before: Any
    after: Any


def draft_of(version: Any) -> Draft:
    """The draft that a stored version was made from."""
    return Draft(**{one.name: getattr(version, one.name) for one in fields(Draft)})


def differences(before: Draft | None, after: Draft) -> list[Difference]:
    """What changed, in the order of the form; against nothing, everything that is not empty."""
    old = before.values() if before is not None else {}
    new = after.values()
    return [
        Difference(ServiceField(name), old.get(name), value)
        for name, value in new.items()
        if (value != old[name] if before is not None else value not in ("", {}, [], None))
    ]


def limit_problems(limits: Texts) -> list[str]:
    """The clocks whose own limit cannot be read, or that are no clocks."""
    return [name for name, text in limits.items() if name not in CLOCKS or not _is_limit(text)]


def _is_limit(text: str) -> bool:
    try:
        worktime.Limit.parse(text)
    except worktime.LimitError:
        return False
    return True


def ordered_tree(parents: Mapping[int, int | None], order: Sequence[int]) -> list[tuple[int, int]]:
    """The rows of a tree as (id, depth), parents before children, siblings in `order`.

    A row whose parent is not among them stands at the top; rows in a loop are left out.
    """
    children: dict[int | None, list[int]] = {}
    for pk in order:
        parent = parents.get(pk)
        children.setdefault(parent if parent in parents else None, []).append(pk)
    found: list[tuple[int, int]] = []
    waiting = [(pk, 0) for pk in reversed(children.get(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        found.append((pk, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(pk, []))]
    return found
