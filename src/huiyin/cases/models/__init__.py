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
from huiyin.cases.models.dispute import Precedent, Return
from huiyin.cases.models.extension import Extension
from huiyin.cases.models.family import CaseLink, Merge
from huiyin.cases.models.index import WordIndex

__all__ = [
    "Attempt",
    "Case",
    "CaseFile",
    "CaseLink",
    "Draft",
    "Event",
    "Extension",
    "Merge",
    "Message",
    "Note",
    "Pause",
    "Precedent",
    "Publication",
    "Reply",
    "Return",
    "SavedFilter",
    "Support",
    "WordIndex",
]
