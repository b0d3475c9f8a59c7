"""Who may change units, teams, calendars and settings."""

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission


def can_manage(actor: accounts.Actor) -> bool:
    """Whether `actor` may change units, teams and calendars."""
    return accounts.may(actor, Permission.MANAGE_ORGANISATION)


def check_manage(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change units, teams and calendars."""
    accounts.check(actor, Permission.MANAGE_ORGANISATION)


def can_change_settings(actor: accounts.Actor) -> bool:
    """Whether `actor` may change settings."""
    return accounts.may(actor, Permission.MANAGE_SETTINGS)


def check_change_settings(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change settings."""
    accounts.check(actor, Permission.MANAGE_SETTINGS)
