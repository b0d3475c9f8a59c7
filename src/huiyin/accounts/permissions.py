"""Who may change users."""

from huiyin.accounts import queries
from huiyin.accounts.enums import Permission


def can_manage(actor: queries.Actor) -> bool:
    """Whether `actor` may create users and give roles."""
    return queries.may(actor, Permission.MANAGE_USERS)


def check_manage(actor: queries.Actor) -> None:
    """Refuse (Denied) whoever may not create users and give roles."""
    queries.check(actor, Permission.MANAGE_USERS)
