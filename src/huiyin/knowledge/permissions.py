"""Who may change reply templates."""

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission


def can_manage(actor: accounts.Actor) -> bool:
    """Whether `actor` may change reply templates."""
    return accounts.may(actor, Permission.MANAGE_CATALOGUE)


def check_manage(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change reply templates."""
    accounts.check(actor, Permission.MANAGE_CATALOGUE)
