"""Writes about users. Each leaves an audit record in the same transaction."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huiyin.accounts.enums import Role
from huiyin.accounts.models import Membership, User
from huiyin.audit import operations as audit
from huiyin.kernel.errors import Conflict, Invalid


@transaction.atomic
def create_user(username: str, *, name: str, password: str, actor: str, email: str = "") -> User:
    """Create a user who may sign in. Refuses a taken username (Conflict) and a weak password (Invalid)."""
    user = User(username=username, name=name, email=email)
    check_password(password, user=user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict(_("This username is taken. Choose another one.")) from error
    audit.record("user.created", actor=actor, subject=f"user:{user.pk}")
    return user


def check_password(password: str, *, user: User) -> None:
    """Refuse (Invalid) a password that the rules do not allow, with the rules' own words."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), fields={"password": " ".join(error.messages)}) from error


@transaction.atomic
def give_role(user: User, *, role: Role, unit_id: int | None, actor: str) -> None:
    """Give `role` (in a unit); giving it twice changes nothing. Refuses a unit role without a unit."""
    if role in {Role.OFFICER, Role.UNIT_HEAD} and unit_id is None:
        raise Invalid(_("Name the unit for this role."), fields={"unit": _("Choose a unit.")})
    _membership, created = Membership.objects.get_or_create(user=user, role=role, unit_id=unit_id)
    if created:
        audit.record(
            "user.role_given", actor=actor, subject=f"user:{user.pk}", data={"role": role, "unit": unit_id}
        )


@transaction.atomic
def take_role(user: User, *, role: Role, unit_id: int | None, actor: str) -> None:
    """Take a role away; effective with the user's next request."""
    gone, _rows = Membership.objects.filter(user=user, role=role, unit_id=unit_id).delete()
    if gone:
        audit.record(
            "user.role_taken", actor=actor, subject=f"user:{user.pk}", data={"role": role, "unit": unit_id}
        )


@transaction.atomic
def deactivate(user: User, *, actor: str) -> None:
    """Stop a user from signing in; what they did stays under their name."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    audit.record("user.deactivated", actor=actor, subject=f"user:{user.pk}")


@transaction.atomic
def activate(user: User, *, actor: str) -> None:
    """Let a user sign in again."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    audit.record("user.activated", actor=actor, subject=f"user:{user.pk}")
