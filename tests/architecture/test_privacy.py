"""What is personal in every model is declared, and `privacy` can carry it out."""

import pytest
from django.db import models

from huiyin.kernel.models import Model
from huiyin.kernel.vault import EncryptedTextField
from huiyin.privacy import queries


def test_every_model_says_what_export_and_erasing_do():
    found = {row.label: row for row in queries.declarations()}
    assert found["cases.Case"].subject == ""
    assert found["people.Contact"].row_goes
    assert found["cases.Note"].not_exported
    assert found["cases.Support"].subject is None, "other people's rows"


def test_every_secret_field_exists():
    for model in queries.subject_models():
        for name in model.SECRET:
            model._meta.get_field(name)


def made(**body) -> type[Model]:
    """A model that is known to nobody else."""
    meta = type("Meta", (), {"app_label": "made", "apps": models.options.Options.default_apps.__class__()})
    return type("Made", (Model,), {"__module__": "huiyin.made.models", "Meta": meta, **body})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"text": models.TextField()}, "does not declare"),
        ({"PERSONAL": {"text": "blank"}}, "no field"),
        ({"PERSONAL": {"text": "hide"}, "text": models.TextField()}, "no action"),
        ({"PERSONAL": {"text": "keep"}, "text": models.TextField()}, "without a reason"),
        ({"PERSONAL": {"text": "keep: "}, "text": models.TextField()}, "without a reason"),
        ({"PERSONAL": {"text": "delete"}, "text": models.TextField()}, "needs a SUBJECT"),
        ({"PERSONAL": {"at": "null"}, "at": models.DateField(), "SUBJECT": "pk"}, "cannot be made null"),
        ({"PERSONAL": {"at": "blank"}, "at": models.DateField(), "SUBJECT": "pk"}, "cannot be made blank"),
        ({"PERSONAL": {"at": "drop: a"}, "at": models.DateField(), "SUBJECT": "pk"}, "cannot be made drop"),
        ({"PERSONAL": {}, "SUBJECT": "reply__case"}, "leads to no case"),
        ({"PERSONAL": {}, "SUBJECT": "pk", "text": models.TextField()}, "say in PERSONAL"),
        ({"PERSONAL": {}, "SUBJECT": "pk", "words": models.CharField(max_length=100)}, "say in PERSONAL"),
        ({"PERSONAL": {}, "text": EncryptedTextField()}, "say in PERSONAL"),
    ],
)
def test_a_model_that_does_not_say_so_is_refused(body, says):
    with pytest.raises(queries.Undeclared, match=says):
        queries._declaration(made(**body))


def test_tables_of_others_are_looked_at_too(monkeypatch):
    monkeypatch.delitem(queries.THIRD_PARTY, "sessions")
    with pytest.raises(queries.Undeclared, match="sessions"):
        queries.declarations()
