"""Checks that every package with named and coded rows needs, refusing in the same words everywhere."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from huiyin.kernel.errors import Conflict, Invalid


def some_name(names: dict[str, str]) -> dict[str, str]:
    """The names that say something, stripped; refuses (Invalid) none at all."""
    given = {language: name.strip() for language, name in names.items() if name.strip()}
    if not given:
        text = _("Write a name in at least one language.")
        raise Invalid(text, fields={"names": text})
    return given


def check_code(code: str) -> None:
    """Refuse (Invalid) a code that could not stand in an address."""
    try:
        validate_slug(code)
    except ValidationError as error:
        text = _("A code has only letters without accents, digits, hyphens and underscores.")
        raise Invalid(text, fields={"code": text}) from error


def save_once(row: models.Model, message: str, *, field: str) -> None:
    """Save a row that must be the only one of its kind; else refuse (Conflict) with `message` at `field`."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(message, fields={field: message}) from error
