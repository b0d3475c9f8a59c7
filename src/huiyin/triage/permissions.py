"""Who may change rules, and who reviews what was filed by itself."""

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission


def check_manage(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not change rules and thresholds."""
    accounts.check(actor, Permission.MANAGE_CATALOGUE)


def check_review(actor: accounts.Actor) -> None:
    """Refuse (Denied) whoever may not judge where cases belong."""
    accounts.check(actor, Permission.DISPATCH)


def may_review(actor: accounts.Actor) -> bool:
    """Whether `actor` may judge where cases belong."""
    return accounts.may(actor, Permission.DISPATCH)
