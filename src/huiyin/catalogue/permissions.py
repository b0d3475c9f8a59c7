"""Who may change services, their questions and channels."""

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission


def can_manage(actor: accounts.Actor) -> bool:
    """Whether `actor` may change services, questions and limits."""
    return accounts.may(actor, Permission.MANAGE_CATALOGUE)


def check_manage(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change services, questions and limits."""
    accounts.check(actor, Permission.MANAGE_CATALOGUE)


def can_manage_channels(actor: accounts.Actor) -> bool:
    """Whether `actor` may change channels."""
    return accounts.may(actor, Permission.MANAGE_ORGANISATION)


def check_manage_channels(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change channels."""
    accounts.check(actor, Permission.MANAGE_ORGANISATION)
