"""Limits that a service has of its own hold for all three clocks, as they are set on the screen."""

import datetime as dt

import pytest

from huiyin.catalogue import operations as catalogue
from huiyin.catalogue import versions
from huiyin.kernel import clock
from tests import factories

MONDAY = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_each_clock_of_a_service_counts_by_its_own_limit():
    limits = dict(zip(versions.CLOCKS, ("1h clock", "2h clock", "3h clock"), strict=True))
    draft = catalogue.Draft(public_names={"en": "Lift"}, limits=limits, unit_id=factories.unit().pk)
    service = catalogue.create_service("lift", draft=draft, actor="system")
    with clock.turned_to(MONDAY):
        case = factories.case(version=service.current)
    hours = [
        (at - MONDAY) / dt.timedelta(hours=1) for at in (case.sign_due_at, case.contact_due_at, case.due_at)
    ]
    assert hours == [1, 2, 3]
