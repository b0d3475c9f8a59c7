"""The hot topics of the demonstration city, one of them watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huiyin.topics.operations import deciding
from huiyin.topics.queries import showing
from huiyin.usecases import hot_topics

if TYPE_CHECKING:
    from huiyin.accounts.models import User


def play(supervisor: User) -> None:
    """Find what many people wrote about, and let the supervisor watch the hottest."""
    hot_topics.look()
    hottest = showing.hottest().first()
    if hottest is not None:
        deciding.watch(hottest.pk, user=supervisor)
