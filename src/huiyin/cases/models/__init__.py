"""Everything that is stored about cases."""

from huiyin.cases.models.case import (
    Attempt,
    Case,
    CaseFile,
    Draft,
    Event,
    Message,
    Note,
    Pause,
    Publication,
    Reply,
    SavedFilter,
    Support,
)
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
    "Publication",
    "Reply",
    "SavedFilter",
    "Support",
]
