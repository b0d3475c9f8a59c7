import datetime as dt

import pytest

from huiyin.accounts.enums import Permission, Role
from huiyin.audit.models import Record
from huiyin.engines import worktime
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.organisations import logic, operations, queries
from huiyin.organisations.enums import SettingKey
from huiyin.organisations.models import Calendar, Setting, Unit
from tests import staff

pytestmark = pytest.mark.django_db
WEEKLY = ["9:00-12:00, 14:00-18:00".replace("9:", "09:")] * 5 + [""] * 2


@pytest.fixture
def calendar():
    return operations.create_calendar("Office", time_zone="Asia/Shanghai", weekly=WEEKLY, actor="system")


def change(unit, **more):
    given = {
        "names": unit.names,
        "parent": unit.parent,
        "area_id": None,
        "calendar": None,
        "contact_note": {},
        "actor": "system",
    }
    operations.change_unit(unit, **(given | more))


ACTS = {
    "create_unit": lambda by: operations.create_unit("new", names={"en": "New"}, actor=by),
    "change_unit": lambda by: change(staff.a_unit(), actor=by),
    "close_unit": lambda by: operations.close_unit(staff.a_unit(), actor=by),
    "open_unit": lambda by: operations.open_unit(staff.a_unit(), actor=by),
    "create_team": lambda by: operations.create_team(staff.a_unit(), name="Night", actor=by),
    "create_calendar": lambda by: operations.create_calendar(
        "New", time_zone="Asia/Shanghai", weekly=WEEKLY, actor=by
    ),
    "make_default": lambda by: operations.make_default(Calendar.objects.get(), actor=by),
    "set_day": lambda by: operations.set_day(
        Calendar.objects.get(), date=dt.date(2026, 10, 1), name="", hours="", actor=by
    ),
    "import_days": lambda by: operations.import_official_days(Calendar.objects.get(), years=[2026], actor=by),
}


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("act", ACTS)
def test_only_holders_of_the_permission_change_the_organisation(act, role, calendar):
    staff.a_unit()
    by = staff.user(role, username="actor")
    before = Record.objects.count()
    if by.standing().may(Permission.MANAGE_ORGANISATION):
        ACTS[act](by)
        assert Record.objects.latest("id").actor == f"user:{by.pk}"
    else:
        with pytest.raises(Denied):
            ACTS[act](by)
        assert Record.objects.count() == before


@pytest.mark.parametrize("role", [*Role, None])
def test_only_holders_of_the_permission_change_settings(role):
    by = staff.user(role)
    if by.standing().may(Permission.MANAGE_SETTINGS):
        operations.change_setting(SettingKey.REOPEN_DAYS, value="30", actor=by)
        assert Setting.objects.get().value == 30
    else:
        for act in (
            lambda: operations.change_setting(SettingKey.REOPEN_DAYS, value="30", actor=by),
            lambda: operations.reset_setting(SettingKey.REOPEN_DAYS, actor=by),
        ):
            with pytest.raises(Denied):
                act()


def test_every_default_is_a_value_that_the_setting_admits():
    for key, value in logic.DEFAULTS.items():
        assert logic.parse_setting(key, str(value)) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (SettingKey.ORDINARY_LIMIT, "7"),
        (SettingKey.ORDINARY_LIMIT, "0d working"),
        (SettingKey.ORDINARY_LIMIT, "seven days"),
        (SettingKey.ORDINARY_LIMIT, ""),
        (SettingKey.WARNING_PERCENT, "100"),
        (SettingKey.WARNING_PERCENT, "-1"),
        (SettingKey.WARNING_PERCENT, "75.5"),
        (SettingKey.WARNING_PERCENT, "٧٥"),
        (SettingKey.TEXT_MAX_CHARACTERS, "9" * 30),
    ],
)
def test_settings_refuse_what_they_do_not_admit(key, text):
    with pytest.raises(Invalid) as raised:
        operations.change_setting(key, value=text, actor="system")
    assert raised.value.fields["value"]
    assert not Setting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_changed_setting_is_in_force_at_once_and_can_go_back():
    assert queries.setting(SettingKey.ORDINARY_LIMIT) == "7d working"
    operations.change_setting(SettingKey.ORDINARY_LIMIT, value=" 3d  working ", actor="system")
    assert queries.setting(SettingKey.ORDINARY_LIMIT) == "3d working"
    record = Record.objects.latest("id")
    assert record.data == {"before": "7d working", "after": "3d working"}
    operations.reset_setting(SettingKey.ORDINARY_LIMIT, actor="system")
    assert queries.setting(SettingKey.ORDINARY_LIMIT) == "7d working"


def test_units_refuse_taken_and_malformed_codes_and_no_name():
    operations.create_unit("water", names={"en": "Water"}, actor="system")
    with pytest.raises(Conflict):
        operations.create_unit("water", names={"en": "Other"}, actor="system")
    for code in ("", "a b", "水", "x\x00"):
        with pytest.raises(Invalid):
            operations.create_unit(code, names={"en": "Other"}, actor="system")
    with pytest.raises(Invalid):
        operations.create_unit("other", names={"en": "  "}, actor="system")
    assert Unit.objects.count() == 1


def test_a_unit_cannot_be_part_of_itself():
    top = staff.a_unit("top")
    below = operations.create_unit("below", names={"en": "Below"}, parent=top, actor="system")
    for parent in (top, below):
        with pytest.raises(Invalid):
            change(top, parent=parent)
    change(below, parent=None)
    assert Unit.objects.get(code="below").parent is None


def test_teams_take_only_people_of_their_unit():
    unit, other = staff.a_unit(), staff.a_unit("roads")
    team = operations.create_team(unit, name="Night", actor="system")
    with pytest.raises(Conflict):
        operations.create_team(unit, name="Night", actor="system")
    own = staff.user(Role.OFFICER, unit=unit, username="own")
    stranger = staff.user(Role.OFFICER, unit=other, username="stranger")
    with pytest.raises(Invalid):
        operations.set_members(team, user_ids=[own.pk, stranger.pk], actor="system")
    operations.set_members(team, user_ids=[own.pk], actor="system")
    assert list(team.members.all()) == [own]
    operations.dissolve_team(team, actor="system")
    assert not unit.teams.exists()


@pytest.mark.parametrize(
    ("zone", "weekly"),
    [
        ("Mars/Base", WEEKLY),
        ("../../etc/passwd", WEEKLY),
        ("Asia/Shanghai", [""] * 7),
        ("Asia/Shanghai", ["18:00-09:00"] + [""] * 6),
        ("Asia/Shanghai", ["from nine to five"] + [""] * 6),
        ("Asia/Shanghai", WEEKLY[:6]),
    ],
)
def test_calendars_refuse_what_no_deadline_can_be_counted_by(zone, weekly):
    with pytest.raises(Invalid):
        operations.create_calendar("New", time_zone=zone, weekly=weekly, actor="system")
    assert not Calendar.objects.exists()


def test_the_first_calendar_is_the_default_and_there_is_only_one(calendar):
    assert calendar.is_default
    second = operations.create_calendar(
        "Round the clock", time_zone="UTC", weekly=["00:00-24:00"] * 7, actor="system"
    )
    assert not second.is_default
    operations.make_default(second, actor="system")
    assert queries.default_calendar() == second
    with pytest.raises(Conflict):
        operations.create_calendar("Office", time_zone="UTC", weekly=WEEKLY, actor="system")


def test_importing_official_days_agrees_with_the_engine_and_keeps_days_set_by_hand(calendar):
    own = dt.date(2024, 2, 4)
    operations.set_day(calendar, date=own, name="Ours", hours="10:00-12:00", actor="system")
    added = operations.import_official_days(calendar, years=[2024], actor="system")
    assert added == len([d for d in worktime.official_days() if d.day.year == 2024]) - 1
    assert operations.import_official_days(calendar, years=[2024], actor="system") == 0
    stored = queries.engine_calendar(calendar)
    assert worktime.format_hours(stored.hours_on(own)) == "10:00-12:00"
    assert worktime.is_working_day(stored, dt.date(2024, 2, 18))
    assert not worktime.is_working_day(stored, dt.date(2024, 10, 1))
    day = queries.day(calendar, own)
    operations.remove_day(day, actor="system")
    assert queries.day(calendar, own) is None


def test_years_without_official_days_are_refused(calendar):
    for years in ([], [1999], [2024, 2999]):
        with pytest.raises(Invalid):
            operations.import_official_days(calendar, years=years, actor="system")


def test_a_day_with_impossible_hours_is_refused(calendar):
    with pytest.raises(Invalid):
        operations.set_day(calendar, date=dt.date(2026, 1, 1), name="", hours="25:00-26:00", actor="system")
