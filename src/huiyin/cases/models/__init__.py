"""Everything that is stored about cases."""

from huiyin.cases.models.aside import Attempt, Draft, SavedFilter
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
from huiyin.cases.models.distribution import Distribution
from huiyin.cases.models.extension import Extension
from huiyin.cases.models.family import CaseLink, Merge
from huiyin.cases.models.hold import Hold
from huiyin.cases.models.index import WordIndex
from huiyin.cases.models.joint import Summoned, Summons, Task
from huiyin.cases.models.publication import Publication, Support
from huiyin.cases.models.secrecy import Declaration

__all__ = [
    "Attempt",
    "Case",
    "CaseFile",
    "CaseLink",
    "Declaration",
    "Distribution",
    "Draft",
    "Event",
    "Extension",
    "Hold",
    "Merge",
    "Message",
    "Note",
    "Pause",
    "Precedent",
    "Publication",
    "Reply",
    "Return",
    "SavedFilter",
    "Summoned",
    "Summons",
    "Support",
    "Task",
    "WordIndex",
]
