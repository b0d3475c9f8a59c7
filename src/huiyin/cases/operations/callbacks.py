"""The line in the timeline that somebody tried to call the person back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huiyin.cases.enums import Action
from huiyin.cases.operations.acting import Actor, acting

if TYPE_CHECKING:
    from huiyin.cases.models import Case


def called(case_id: int, *, result: str, actor: Actor) -> Case:
    """Write down one attempt to call the person about the answer; `result` is a code. State and clocks stay."""
    with acting(case_id, Action.CALL_BACK, actor=actor) as act:
        act.data = {"result": result}
        return act.case
