"""Writes about users. Each leaves an audit record in the same transaction.

`actor` is the administrator, or "system" for a command that somebody runs on the machine itself.
"""

import datetime as dt
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huiyin.accounts import logic, permissions, queries
from huiyin.accounts.enums import Role
from huiyin.accounts.models import Membership, User
from huiyin.audit import operations as audit
from huiyin.kernel import clock, public_ids
from huiyin.kernel.errors import Conflict, Invalid

CODE_HOLDS = dt.timedelta(hours=24)
CODE_LENGTH = 16  # 79 bits
UNIT_ROLES = logic.UNIT_ROLES


@transaction.atomic
def create_user(username: str, *, name: str, password: str, actor: queries.Actor, email: str = "") -> User:
    """Create a user who may sign in. Refuses a taken username (Conflict) and a weak password (Invalid)."""
    user = _new(username, name=name, email=email, language="", actor=actor)
    check_password(password, user=user)
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


@transaction.atomic
def invite_user(
    username: str, *, name: str, actor: queries.Actor, email: str = "", language: str = ""
) -> tuple[User, str]:
    """Create a user with a one-time code instead of a password, and return both; the code is kept nowhere.

    It holds for a day and opens only the screen for choosing a password. Refuses a taken username (Conflict).
    """
    user = _new(username, name=name, email=email, language=language, actor=actor)
    return user, _give_code(user)


def _new(username: str, *, name: str, email: str, language: str, actor: queries.Actor) -> User:
    permissions.check_manage(actor)
    user = User(username=User.normalize_username(username), name=name, email=email, language=language)
    user.set_unusable_password()
    _clean(user)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict(
            _("This username is taken. Choose another one."),
            fields={"username": _("This username is taken. Choose another one.")},
        ) from error
    _record("user.created", user, actor)
    return user


@transaction.atomic
def change_user(user: User, *, name: str, email: str, language: str, actor: queries.Actor) -> None:
    """Change name, address for notices and language."""
    permissions.check_manage(actor)
    changed = [
        field
        for field, value in {"name": name, "email": email, "language": language}.items()
        if getattr(user, field) != value
    ]
    user.name, user.email, user.language = name, email, language
    _clean(user)
    user.save(update_fields=["name", "email", "language"])
    _record("user.changed", user, actor, fields=changed)


def check_password(password: str, *, user: User) -> None:
    """Refuse (Invalid) a password that the rules do not allow, with the rules' own words."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), fields={"password": " ".join(error.messages)}) from error


@transaction.atomic
def reset_password(user: User, *, actor: queries.Actor) -> str:
    """Replace the password by a one-time code and return it; it is kept nowhere and holds for a day.

    Ends every session of the user. Refuses (Conflict) a user who may not sign in.
    """
    permissions.check_manage(actor)
    if not user.is_active:
        raise Conflict(_("This user may not sign in. Let them sign in again first."))
    code = _give_code(user)
    _record("user.password_reset", user, actor)
    return code


def _give_code(user: User) -> str:
    code = public_ids.grouped(public_ids.code(CODE_LENGTH))
    user.set_password(code)
    user.code_until = clock.now() + CODE_HOLDS
    user.save(update_fields=["password", "code_until"])
    return code


@transaction.atomic
def choose_password(user: User, *, password: str) -> None:
    """Set the user's own new password; a one-time code is used up by this."""
    user.set_password(password)
    user.code_until = None
    user.save(update_fields=["password", "code_until"])
    _record("user.password_changed", user, user)


@transaction.atomic
def reset_second_factor(user: User, *, actor: queries.Actor) -> None:
    """Remove the user's second factors (a lost phone): the next sign-in asks for a new one."""
    permissions.check_manage(actor)
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- models; this module is read before apps are

    gone, _rows = Authenticator.objects.filter(user=user).delete()
    if gone:
        _record("user.second_factor_reset", user, actor)


@transaction.atomic
def give_role(user: User, *, role: Role, unit_id: int | None, actor: queries.Actor) -> None:
    """Give `role` (in a unit); giving it twice changes nothing. Refuses a unit role without a unit."""
    permissions.check_manage(actor)
    if role in UNIT_ROLES and unit_id is None:
        raise Invalid(_("Name the unit for this role."), fields={"unit": _("Choose a unit.")})
    _membership, created = Membership.objects.get_or_create(user=user, role=role, unit_id=unit_id)
    if created:
        _record("user.role_given", user, actor, role=role, unit=unit_id)


@transaction.atomic
def take_role(user: User, *, role: Role, unit_id: int | None, actor: queries.Actor) -> None:
    """Take a role away; effective with the user's next request. Refuses (Conflict) to take the last administrator."""
    permissions.check_manage(actor)
    if role == Role.ADMINISTRATOR and _is_last_administrator(user):
        raise Conflict(_("This is the last administrator. Make somebody else an administrator first."))
    gone, _rows = Membership.objects.filter(user=user, role=role, unit_id=unit_id).delete()
    if gone:
        _record("user.role_taken", user, actor, role=role, unit=unit_id)


@transaction.atomic
def deactivate(user: User, *, actor: queries.Actor) -> None:
    """Stop a user from signing in; what they did stays under their name. Refuses oneself and the last administrator."""
    permissions.check_manage(actor)
    if queries.actor_user(actor) == user:
        raise Conflict(_("You cannot stop yourself from signing in. Ask another administrator."))
    if _is_last_administrator(user):
        raise Conflict(_("This is the last administrator. Make somebody else an administrator first."))
    User.objects.filter(pk=user.pk).update(is_active=False)
    _record("user.deactivated", user, actor)


@transaction.atomic
def activate(user: User, *, actor: queries.Actor) -> None:
    """Let a user sign in again."""
    permissions.check_manage(actor)
    User.objects.filter(pk=user.pk).update(is_active=True)
    _record("user.activated", user, actor)


def signed_in(user: User) -> None:
    """Note in the trail that somebody signed in."""
    _record("user.signed_in", user, user)


def sign_on_joined(user: User) -> None:
    """Note in the trail that the city's own sign-on now opens this account."""
    _record("user.sign_on_joined", user, user)


def _is_last_administrator(user: User) -> bool:
    # Locks the rows: two administrators who take each other's role at once cannot both succeed.
    holders = set(
        Membership.objects.select_for_update()
        .filter(role=Role.ADMINISTRATOR, user__is_active=True)
        .values_list("user_id", flat=True)
    )
    return holders == {user.pk}


def _clean(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        told = {field: " ".join(texts) for field, texts in error.message_dict.items()}
        raise Invalid(" ".join(told.values()), fields=told) from error


def _record(action: str, user: User, actor: queries.Actor, **data: Any) -> None:
    audit.record(action, actor=queries.actor_name(actor), subject=f"user:{user.pk}", data=data)
