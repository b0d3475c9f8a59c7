"""Benches write the tables of cases by SQL: a column that a model gains must not leave them broken unseen."""

import importlib
import pathlib
import sys

import pytest

from huiyin.cases.models import Case
from huiyin.people.models import Contact

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_generated_cases_fill_the_tables_as_they_are(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), *sys.path])
    filling = importlib.import_module("filling")

    filling.fill(200)
    assert Case.objects.count() == 200
    assert Contact.objects.count() == 200
