"""Everything that is stored about cases."""

from huiyin.cases.models.around import Attempt, Draft, SavedFilter
from huiyin.cases.models.case import (
    Case,
    CaseFile,
    Event,
    Message,
    Note,
    Pause,
    Publication,
    Reply,
    Support,
)
from huiyin.cases.models.dispute import Precedent, Return
from huiyin.cases.models.extension import Extension

__all__ = [
    "Attempt",
    "Case",
    "CaseFile",
    "Draft",
    "Event",
    "Extension",
    "Message",
    "Note",
    "Pause",
    "Precedent",
    "Publication",
    "Reply",
    "Return",
    "SavedFilter",
    "Support",
]
