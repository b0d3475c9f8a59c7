"""What import-linter cannot see: relations between models. What is personal in them: test_privacy.py."""

import configparser
import re
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
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
