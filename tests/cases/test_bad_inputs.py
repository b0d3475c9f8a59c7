"""What must be refused leaves everything as it was: cases, timeline, record, notices."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.forms.models import model_to_dict

from huiyin.accounts.enums import Role
from huiyin.accounts.models import Absence
from huiyin.accounts.operations import absences
from huiyin.audit.models import Record
from huiyin.cases.enums import ExtensionReason, ReturnReason
from huiyin.cases.models import Case, Event, Extension, Merge, Return, Summons
from huiyin.cases.operations import acting, extensions, handling, joint, merging, returns, splitting
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid
from huiyin.notifications.models import Notice
from huiyin.organisations import operations as organisations
from huiyin.organisations.models import Calendar, CalendarDay
from tests import factories

pytestmark = pytest.mark.django_db
STORED = (Event, Record, Notice, Extension, Return, Merge, Summons, Absence, Calendar, CalendarDay)


def everything():
    """All that a refused verb could have changed."""
    counts = [model.objects.count() for model in STORED]
    return counts, [model_to_dict(case) | {"revision": case.revision} for case in Case.objects.order_by("pk")]


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def officer(unit):
    return factories.user((Role.OFFICER, unit), name="Ada")


@pytest.fixture
def case(unit):
    return factories.case(unit=unit)


@pytest.mark.parametrize("days", [0, -1, -30])
def test_an_extension_into_the_past(case, officer, days):
    before = everything()
    with pytest.raises(Invalid) as refused:
        extensions.ask(
            case.pk, days=days, reason=ExtensionReason.EXPERT, text="Soon.", actor=acting.staff(officer)
        )
    assert str(refused.value)
    assert everything() == before


def test_a_return_after_acceptance(case, officer):
    handling.sign_for(case.pk, actor=acting.staff(officer))
    before = everything()
    with pytest.raises(Conflict) as refused:
        returns.give_back(case.pk, reason=ReturnReason.OTHER_AREA, text="No.", actor=acting.staff(officer))
    assert str(refused.value)
    assert everything() == before


def test_merging_into_itself_and_into_its_own_part(case, officer):
    part = splitting.split(
        case.pk,
        part=splitting.Part(text="And this.", version=case.service_version),
        actor=acting.staff(officer),
    )
    before = everything()
    for into, other in ((case, case), (part, case), (case, part)):
        with pytest.raises(Invalid) as refused:
            merging.merge(into.pk, others=[other.pk], actor=acting.staff(officer))
        assert str(refused.value)
    assert everything() == before


def test_a_calendar_without_working_time():
    calendar = organisations.create_calendar(
        "City", time_zone="Asia/Shanghai", weekly=["09:00-17:00", *[""] * 6], actor="system"
    )
    before = everything()
    for act in (
        lambda: organisations.create_calendar(
            "X", time_zone="Asia/Shanghai", weekly=[""] * 7, actor="system"
        ),
        lambda: organisations.change_calendar(
            Calendar.objects.get(), name="City", time_zone="Asia/Shanghai", weekly=[""] * 7, actor="system"
        ),
    ):
        with pytest.raises(Invalid, match="at least one day hours"):
            act()
    assert everything() == before
    calendar.refresh_from_db()
    assert calendar.weekly[0] == "09:00-17:00"


def test_a_substitute_loop(officer, unit):
    other, today = factories.user((Role.OFFICER, unit), name="Bo"), clock.today()
    absences.name_substitute(officer, substitute=other, begins=today, ends=today, actor="system")
    caches["local"].clear()
    before = everything()
    for user, substitute in ((other, officer), (other, other)):
        with pytest.raises(Invalid) as refused:
            absences.name_substitute(user, substitute=substitute, begins=today, ends=today, actor="system")
        assert "substitute" in refused.value.fields
    assert everything() == before


def test_a_summons_without_units_or_of_the_unit_itself_or_in_the_past(case, officer, unit):
    before, soon = everything(), clock.now() + dt.timedelta(hours=2)
    for units, at in (([], soon), ([unit], soon), ([factories.unit()], clock.now() - dt.timedelta(hours=2))):
        with pytest.raises(Invalid) as refused:
            joint.summon(
                case.pk, units=units, place="Gate", at=at, reason="Look", actor=acting.staff(officer)
            )
        assert refused.value.fields
    assert everything() == before
