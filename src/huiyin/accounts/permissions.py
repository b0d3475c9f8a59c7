"""Who may change users, and who may say who stands in for whom."""

from huiyin.accounts import queries
from huiyin.accounts.enums import Permission
from huiyin.accounts.models import User
from huiyin.kernel.errors import Denied


def can_manage(actor: queries.Actor) -> bool:
    """Whether `actor` may create users and give roles."""
    return queries.may(actor, Permission.MANAGE_USERS)


def check_manage(actor: queries.Actor) -> None:
    """Refuse (Denied) whoever may not create users and give roles."""
    queries.check(actor, Permission.MANAGE_USERS)


def can_name_substitute(actor: queries.Actor, user: User) -> bool:
    """Whether `actor` may say who stands in for `user`: for oneself, as head of a unit of theirs, as administrator."""
    if can_manage(actor) or actor == user:
        return True
    own = queries.actor_user(actor)
    headed = own.standing().units_for(Permission.ASSIGN_UNIT) if own is not None else frozenset()
    return bool(headed & user.standing().units)


def check_name_substitute(actor: queries.Actor, user: User) -> None:
    """Refuse (Denied) whoever may not say who stands in for `user`."""
    if not can_name_substitute(actor, user):
        raise Denied
