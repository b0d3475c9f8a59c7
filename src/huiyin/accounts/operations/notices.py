"""How often a member of staff wants to hear of the own cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.notifications.enums import Frequency


def choose(user: User, *, frequency: Frequency) -> None:
    """Keep how often the user wants notices; also without an e-mail address, for later."""
    user.notices = frequency
    user.save(update_fields=["notices"])
