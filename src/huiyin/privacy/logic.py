"""The words of a declaration, and what they ask for. Values in, values out."""

import re
from dataclasses import dataclass, field

ACTION = re.compile(
    r"(?P<verb>blank|null|delete)|(?P<told>keep|expires): (?P<reason>\S.{7,})|drop: (?P<keys>\w+(, \w+)*)"
)


@dataclass(frozen=True)
class Action:
    """What erasing does to one field: blank, null, delete, drop (of `keys`), expires or keep (for `reason`)."""

    verb: str
    reason: str = ""
    keys: tuple[str, ...] = ()


def action(words: str) -> Action | None:
    """The action that a declaration names, or None where it names none (or a keep without a reason)."""
    match = ACTION.fullmatch(words)
    if match is None:
        return None
    if match["keys"]:
        return Action("drop", keys=tuple(match["keys"].split(", ")))
    return Action(match["verb"] or match["told"], reason=match["reason"] or "")


@dataclass(frozen=True)
class Declaration:
    """What `privacy` does with the rows of one model."""

    label: str
    # Look-up path to the case; None where rows belong to no case.
    subject: str | None
    # Why rows are in no export; "" where they are.
    not_exported: str
    fields: dict[str, Action] = field(default_factory=dict)

    @property
    def row_goes(self) -> bool:
        """Whether erasing deletes the whole row."""
        return any(done.verb == "delete" for done in self.fields.values())
