"""Asking for an officer for a case that came to a unit which gives out its cases by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from huiyin.cases import logic
from huiyin.cases.enums import Action
from huiyin.cases.queries import distributing

if TYPE_CHECKING:
    from huiyin.cases.models import Case

# What puts a case before a unit, or takes it from the hands of its officer.
BRINGING = frozenset(
    {
        Action.ASSIGN,
        Action.ARBITRATE,
        Action.TAKE_OVER,
        Action.SIGN_FOR,
        Action.UNMERGE,
        Action.DECLARE_CONFLICT,
    }
)


def look_for_officer(case: Case) -> None:
    """Queue the search in the caller's transaction: it runs if and only if the case is there. Twice does no harm."""
    if case.officer_id is None and case.state in logic.WORKING and case.unit_id in distributing.methods():
        # By name: the jobs are use cases themselves.
        app.configure_task("distribute").defer(case_id=case.pk)
