"""What every model declares about the personal data in it, and the rows that belong to a case."""

from collections.abc import Sequence
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models
from django.db.models import QuerySet

from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField
from huiyin.privacy import logic
from huiyin.privacy.models import Deletion

# From this length on, a text field without a list of choices is taken for one that can hold free words.
FREE_WORDS = 100
# Tables of others. None of them holds anything of the people who raise cases.
THIRD_PARTY = {
    "auth": "Groups of Django; not used.",
    "contenttypes": "Names of models.",
    "sessions": "Sign-in of staff and the mark of a browser; expire after twelve hours.",
    "account": "Addresses of staff for signing in; removed with the account.",
    "mfa": "Second factors of staff; removed with the account.",
    "socialaccount": "A city's own sign-on for staff; removed with the account.",
    "procrastinate": "Jobs and their arguments: identifiers only.",
}


class Undeclared(Exception):  # noqa: N818 -- read by a test and a check of the installation
    """A model does not say what is personal in it, or says it in a way that cannot be carried out."""


def declarations() -> list[logic.Declaration]:
    """What export and erasing do for every model. Raises Undeclared naming the first model that does not say so."""
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("huiyin."):
            found.append(_declaration(cast("type[Model]", model)))
        elif model._meta.app_label not in THIRD_PARTY:
            raise Undeclared(f"{model._meta.label}: say in THIRD_PARTY what is personal in it.")
    return found


def deletions() -> QuerySet[Deletion]:
    """The register of deletions, newest first."""
    return Deletion.objects.all()


def subject_models() -> list[type[Model]]:
    """Models whose rows belong to a case, upper packages first."""
    return [
        cast("type[Model]", model)
        for model in apps.get_models()
        if getattr(model, "SUBJECT", None) is not None
    ]


def rows(model: type[Model], case_ids: Sequence[int]) -> QuerySet[Any]:
    """Rows of `model` that belong to these cases."""
    values: Any = list(case_ids)
    if model.SUBJECT_IS != "pk":
        values = case_model()._default_manager.filter(pk__in=case_ids).values(model.SUBJECT_IS)
    found = model._default_manager.filter(**{f"{model.SUBJECT or 'pk'}__in": values})
    return found.distinct() if "__" in (model.SUBJECT or "") else found


def case_model() -> Any:
    """The model of cases; untyped, because cases show their models to nobody."""
    return apps.get_model("cases.Case")


def actions(model: type[Model]) -> dict[str, logic.Action]:
    """What erasing does to the fields of a model. Raises Undeclared."""
    found = {}
    for name, words in model.PERSONAL.items():
        done = logic.action(words)
        if done is None:
            raise Undeclared(
                f"{model._meta.label}.{name}: {words!r} is no action, or a keep without a reason."
            )
        found[name] = done
    return found


def _declaration(model: type[Model]) -> logic.Declaration:
    label = model._meta.label
    if not issubclass(model, Model) or not any("PERSONAL" in cls.__dict__ for cls in model.__mro__):
        raise Undeclared(f"{label} does not declare PERSONAL; say {{}} if nothing in it is about a person.")
    fields = actions(model)
    for name, done in fields.items():
        _check_field(model, name, done)
    _check_subject(model)
    undeclared = [field.name for field in model._meta.concrete_fields if _must_be_declared(model, field)]
    if set(undeclared) - fields.keys():
        raise Undeclared(
            f"{label}: say in PERSONAL what erasing does to {sorted(set(undeclared) - fields.keys())}."
        )
    return logic.Declaration(label, model.SUBJECT, model.NOT_EXPORTED, fields)


def _check_field(model: type[Model], name: str, done: logic.Action) -> None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise Undeclared(f"{model._meta.label}.PERSONAL names {name!r}, which is no field of it.") from error
    possible = {
        "null": getattr(field, "null", False),
        "blank": isinstance(field, models.CharField | models.TextField | models.JSONField),
        "drop": isinstance(field, models.JSONField),
    }
    if not possible.get(done.verb, True):
        raise Undeclared(f"{model._meta.label}.{name} cannot be made {done.verb}.")
    if model.SUBJECT is None and done.verb not in {"keep", "expires"}:
        raise Undeclared(
            f"{model._meta.label}.{name}: {done.verb} needs a SUBJECT; without one say expires or keep."
        )


def _check_subject(model: type[Model]) -> None:
    try:
        str(rows(model, [0]).query) if model.SUBJECT is not None else None
    except FieldError as error:
        raise Undeclared(f"{model._meta.label}.SUBJECT leads to no case: {error}") from error


def _must_be_declared(model: type[Model], field: "models.Field[Any, Any]") -> bool:
    if isinstance(field, EncryptedTextField):
        return True
    if model.SUBJECT is None or field.choices:
        return False
    long_text = isinstance(field, models.CharField) and (field.max_length or FREE_WORDS) >= FREE_WORDS
    return long_text or isinstance(field, models.TextField | models.JSONField)
