"""What import-linter cannot see: relations between models, and what is personal in them."""

import configparser
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from huiyin.kernel.models import Model

ROOT = Path(__file__).resolve().parents[2]
ACTIONS = re.compile(r"blank|null|delete|keep: \S.{7,}")
OURS = [model for model in apps.get_models() if model.__module__.startswith("huiyin.")]


def ranks() -> dict[str, int]:
    """Package → line of the layers contract, counted from the bottom."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    lines = contracts["importlinter:contract:layers"]["layers"].strip().splitlines()
    return {name.strip(" ()"): rank for rank, line in enumerate(reversed(lines)) for name in line.split("|")}


def package(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def relations() -> list[tuple[type[models.Model], models.Field, type[models.Model]]]:
    return [
        (model, field, field.related_model)
        for model in OURS
        for field in model._meta.get_fields(include_parents=False)
        if field.is_relation and not field.auto_created and field.related_model is not None
    ]


def test_there_are_models():
    assert len(OURS) > 10


def test_foreign_keys_point_downwards():
    rank = ranks()
    wrong = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model, field, target in relations()
        if target.__module__.startswith("huiyin.")
        and package(model) != package(target)
        and rank[package(model)] <= rank[package(target)]
    ]
    assert not wrong


def test_the_audit_trail_has_no_foreign_keys():
    assert not [field for model, field, _target in relations() if package(model) == "audit"]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_says_what_is_personal_in_it(model):
    assert issubclass(model, Model), f"{model} is not a kernel.models.Model"
    declared = [cls for cls in model.__mro__ if "PERSONAL" in cls.__dict__]
    assert declared, f"{model} does not declare PERSONAL; say {{}} if nothing in it is about a person."
    for name, action in model.PERSONAL.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            pytest.fail(f"{model}.PERSONAL names {name!r}, which is no field of it")
        assert ACTIONS.fullmatch(action), (
            f"{model}.{name}: {action!r} is no action (or a keep without a reason)"
        )
        assert action != "null" or field.null, f"{model}.{name} cannot be null"


# Rows without a relation to a case: SUBJECT is empty, and the reason says how they go.
ON_THEIR_OWN = {
    "cases.Draft": "no case yet; removed after a day",
    "cases.Attempt": "keyed hashes; removed after their hour",
    "notifications.Notice": "lies below cases; found by the case number in `reference`",
}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_what_can_be_erased_can_be_found_from_the_case(model):
    """`privacy` reads PERSONAL and SUBJECT; a model that it has to erase must lead to the case."""
    if all(action.startswith("keep:") for action in model.PERSONAL.values()):
        return
    assert model.SUBJECT is not None, f"{model} holds personal data, but SUBJECT does not say of which case"
    if model.SUBJECT == "" and model._meta.label in ON_THEIR_OWN:
        return
    place = model
    for step in filter(None, model.SUBJECT.split("__")):
        place = place._meta.get_field(step).related_model
    assert place._meta.label == "cases.Case", f"{model}.SUBJECT ends at {place._meta.label}"


def test_text_that_people_write_is_declared():
    """A field named like something about a person stands in PERSONAL, be it with `keep: reason`."""
    suspicious = re.compile(
        r"(^|_)(name|phone|mobile|email|address|text|body|note|comment|words|ip|user_agent)$"
    )
    people = {"cases", "feedback", "people", "files", "privacy", "notifications"}
    undeclared = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        if package(model) in people
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        and suspicious.search(field.name)
        and field.name not in model.PERSONAL
    ]
    assert not undeclared
