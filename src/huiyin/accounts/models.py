from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.logic import Standing, standing
from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField
from huiyin.notifications.enums import Frequency


class User(Model, AbstractBaseUser):
    """A member of staff. People who raise cases have no account."""

    PERSONAL = {
        "username": "keep: staff sign-in, removed by the administrator",
        "name": "keep: staff act under their name",
        "email": "keep: staff address for notices",
    }
    username = models.CharField(
        _("username"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    # The account of a program: it holds roles like anybody else, but nobody can ever sign in with it.
    is_program = models.BooleanField(default=False, editable=False)
    notices = models.CharField(_("notices"), max_length=10, choices=Frequency, default=Frequency.EACH)
    # Set while the password is a one-time code: until then it opens only the screen for choosing an own password.
    code_until = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    is_staff = False
    is_superuser = False
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[type-arg]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(is_program=True, is_active=True), name="program_never_signs_in"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def standing(self) -> Standing:
        """Roles and units, read once per request."""
        if not hasattr(self, "_standing"):
            pairs = (
                list(self.memberships.values_list("role", "unit_id"))
                if self.is_active or self.is_program
                else []
            )
            self._standing = standing(pairs)
        return self._standing


class Membership(Model):
    """A role of a user, in a unit or without one."""

    PERSONAL = {}
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    # A plain number, not a foreign key: accounts lies below organisations.
    unit_id = models.BigIntegerField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit_id"], name="membership_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(unit_id__isnull=False) | ~models.Q(role__in=["officer", "unit_head"]),
                name="membership_unit_roles_name_their_unit",
            ),
        ]


class Program(Model):
    """Software of others that uses the interfaces with a key. The key itself is kept nowhere."""

    PERSONAL = {"name": "keep: what an administrator calls a program", "key_hint": "keep: begins a key"}
    name = models.CharField(_("name"), max_length=100, unique=True)
    key_hash = models.CharField(max_length=64, unique=True)
    # The first letters of the key, so that people can tell which one they hold.
    key_hint = models.CharField(max_length=12)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope), verbose_name=_("what it may do"))
    # Whose roles it acts with; letters, notes and timeline rows of the program carry this account's name.
    user = models.OneToOneField(User, models.PROTECT, related_name="program")
    per_minute = models.PositiveIntegerField(_("calls in a minute"))
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(per_minute__gte=1), name="program_may_call"),
        ]


class ProgramUse(Model):
    """How often a program called in the current minute, over all processes, and when it last did."""

    PERSONAL = {}
    program = models.OneToOneField(Program, models.CASCADE, related_name="use")
    minute = models.DateTimeField()
    used = models.PositiveBigIntegerField(default=0)
    last_used_at = models.DateTimeField()


class GivenAnswer(Model):
    """What a program was told, kept for a day, so that a request sent twice happens once."""

    PERSONAL = {"answer": "expires: a day after it was given"}
    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    # Encrypted: it can hold the look-up code of a case, which is stored nowhere else.
    answer = EncryptedTextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "mark"], name="answer_given_once")]
        indexes = [models.Index(fields=["created_at"], name="answer_age")]


class DeadlineFeed(Model):
    """A secret address under which a member of staff subscribes to deadlines. The secret itself is kept nowhere."""

    PERSONAL = {}
    user = models.OneToOneField(User, models.CASCADE, related_name="deadline_feed")
    token_hash = models.CharField(max_length=64, unique=True)


class Absence(Model):
    """Somebody is away from one day to another, both included, and somebody stands in. Why is nobody's business."""

    PERSONAL = {}
    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    substitute = models.ForeignKey(User, models.CASCADE, related_name="stands_in")
    begins = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    named_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    # Set when it is over before its last day.
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["begins", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(user=F("substitute")), name="nobody_stands_in_for_themselves"
            ),
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    (
                        Func(
                            "user",
                            "user",
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            "begins", "ends", Value("[]"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["ends"], condition=Q(ended_at__isnull=True), name="absence_not_over")]
