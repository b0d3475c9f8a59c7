"""Members of staff for tests: one line per role."""

from django.test import Client

from huiyin.accounts import operations
from huiyin.accounts.enums import Role
from huiyin.accounts.models import User
from huiyin.organisations import operations as organisations
from huiyin.organisations.models import Unit

PASSWORD = "correct horse battery"


def user(role: Role | None = None, *, unit: Unit | None = None, username: str = "") -> User:
    """A user, with `role` (in `unit`); a fresh object, so that its roles are read anew."""
    name = username or (role.value if role else "nobody")
    row = operations.create_user(name, name=name.title(), password=PASSWORD, actor="system")
    if role:
        unit_id = unit.pk if unit else None
        if role in operations.UNIT_ROLES and unit_id is None:
            unit_id = a_unit().pk
        operations.give_role(row, role=role, unit_id=unit_id, actor="system")
    return User.objects.get(pk=row.pk)


def a_unit(code: str = "water") -> Unit:
    """The unit with this code, made if need be."""
    found = Unit.objects.filter(code=code).first()
    return found or organisations.create_unit(
        code, names={"en": code.title(), "zh-hans": f"{code} 单位"}, actor="system"
    )


def browser() -> Client:
    """A browser that asks for English, so that a test can read what a page says."""
    return Client(headers={"accept-language": "en"})
