"""Which roles may do what with a case, read from the table of moves and the table of grants; nothing is said twice."""

from collections.abc import Mapping

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission, Role
from huiyin.cases import logic, permissions
from huiyin.cases.enums import Action, Party


def everywhere() -> dict[Action, frozenset[Role]]:
    """Roles that may take an action in the cases of every unit, in some state of the case."""
    return {action: _roles(action, permissions.PARTY_BY_PERMISSION) for action in Action}


def in_own_unit() -> dict[Action, frozenset[Role]]:
    """Roles that may take an action in the cases of the unit in which they hold the role."""
    return {action: _roles(action, permissions.PARTY_BY_UNIT_PERMISSION) for action in Action}


def by_the_person() -> frozenset[Action]:
    """What the person who raised the case may do."""
    return frozenset(move.action for move in logic.MOVES if Party.PERSON in move.parties)


def _roles(action: Action, needed: Mapping[Party, Permission]) -> frozenset[Role]:
    parties = {party for move in logic.MOVES if move.action is action for party in move.parties}
    wanted = {needed[party] for party in parties if party in needed}
    return frozenset(role for role, held in accounts.grants().items() if held & wanted)
