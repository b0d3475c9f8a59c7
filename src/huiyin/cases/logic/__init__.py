"""Decisions about cases, by topic: values in, decisions out; no database."""

from huiyin.cases.logic.lifecycle import (
    MOVES,
    STAFF,
    UNIT,
    WORKING,
    Facts,
    Move,
    Need,
    Pending,
    Refused,
    actions_for,
    decide,
)

__all__ = [
    "MOVES",
    "STAFF",
    "UNIT",
    "WORKING",
    "Facts",
    "Move",
    "Need",
    "Pending",
    "Refused",
    "actions_for",
    "decide",
]
