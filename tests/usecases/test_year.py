"""A shortened year (`bench/year.py`): what is on the page of figures and in the clocks follows from what happened."""

import datetime as dt
import importlib
import pathlib
import sys

import pytest
from django.db.models import F

from huiyin.cases.models import Case, Reply
from huiyin.scorecards.models import Snapshot

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"


@pytest.mark.django_db
def test_every_rate_and_every_clock_can_be_computed_again_and_a_forged_one_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])
    year_life, year_check = (importlib.import_module(name) for name in ("year_life", "year_check"))
    plan = year_life.Plan(cases=300, acted=120, units=6, days=120)
    done = year_life.live(plan, tmp_path)
    assert done["cases in the database"] == 300
    for what in (
        "answered",
        "asked",
        "replied",
        "extended",
        "returned",
        "reopened",
        "judged",
        "warned",
        "withdrawn",
    ):
        assert done[what] > 0, what
    assert year_check.figures(tmp_path, end=plan.end) == []
    assert year_check.clocks() == []
    # The checks see what is wrong.
    case = Case.objects.filter(source="", answered_at__isnull=False).first()
    Case.objects.filter(pk=case.pk).update(due_at=F("due_at") + dt.timedelta(minutes=1))
    assert len(year_check.clocks()) == 1
    first = Reply.objects.filter(in_time=True, case__source="", case__reopened=0).earliest("sent_at")
    Reply.objects.filter(pk=first.pk).update(in_time=False)
    assert year_check.figures(tmp_path, end=plan.end)
    Snapshot.objects.all().delete()
    assert year_check.figures(tmp_path, end=plan.end)
