"""The boards of the demonstration city have something on them."""

import pytest
from django.urls import reverse

from huiyin.accounts.models import Absence, User
from huiyin.cases.enums import Action
from huiyin.cases.models import Case, Distribution, Event, Merge, Summons
from huiyin.notifications.models import Notice
from huiyin.usecases.demo import build
from tests import staff

pytestmark = pytest.mark.django_db


def test_units_work_together_and_supervisors_step_in():
    build.build(cases=150)
    assert Merge.objects.exists()
    assert Summons.objects.get().units.filter(arrived_at__isnull=False).count() == 1
    assert Case.objects.filter(parent__isnull=False).exists()
    assert Case.objects.filter(is_confidential=True).exists()
    done = set(Event.objects.values_list("action", flat=True))
    assert {Action.URGE, Action.ESCALATE, Action.TAKE_OVER, Action.WARN} <= done
    assert Notice.objects.filter(event="staff_overdue").exists()
    assert Distribution.objects.count() == 1
    absence = Absence.objects.get()
    assert absence.substitute.username == "officer"
    browser = staff.browser()
    browser.force_login(User.objects.get(username="officer"))
    assert f"You stand in for {absence.user.name}" in browser.get(reverse("desk:worklist")).text
