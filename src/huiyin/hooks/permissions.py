"""Who sets up web hooks and sees their log."""

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission


def check_manage(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change the settings of the installation."""
    accounts.check(actor, Permission.MANAGE_SETTINGS)
