"""Everything that is stored about cases."""

from huiyin.cases.models.around import Attempt, Draft, SavedFilter
from huiyin.cases.models.case import (
    Case,
    CaseFile,
    Event,
    Message,
    Note,
    Pause,
    Reply,
)
from huiyin.cases.models.dispute import Precedent, Return
from huiyin.cases.models.extension import Extension
from huiyin.cases.models.family import CaseLink, Merge
from huiyin.cases.models.publication import Publication, Support

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
]
