"""Writes about units, teams and settings; calendars are in `calendars`. Each leaves an audit record.

`actor` is a member of staff, or "system" for a command that somebody runs on the machine itself.
"""

from collections.abc import Iterable
from typing import Any

from django.core.cache import caches
from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.kernel import checks
from huiyin.kernel.errors import Invalid
from huiyin.organisations import logic, permissions
from huiyin.organisations.calendars import (
    change_calendar,
    create_calendar,
    import_days,
    import_official_days,
    make_default,
    remove_day,
    set_day,
)
from huiyin.organisations.enums import SettingKey
from huiyin.organisations.jurisdictions import create_jurisdiction, remove_jurisdiction
from huiyin.organisations.models import Calendar, Setting, Team, Unit

__all__ = [
    "change_calendar",
    "change_setting",
    "change_unit",
    "close_unit",
    "create_calendar",
    "create_jurisdiction",
    "create_team",
    "create_unit",
    "dissolve_team",
    "end_fallback",
    "import_days",
    "import_official_days",
    "make_default",
    "make_fallback",
    "open_unit",
    "remove_day",
    "remove_jurisdiction",
    "rename_team",
    "reset_setting",
    "set_day",
    "set_members",
]


@transaction.atomic
def create_unit(
    code: str,
    *,
    names: dict[str, str],
    actor: accounts.Actor,
    parent: Unit | None = None,
    area_id: int | None = None,
    calendar: Calendar | None = None,
    contact_note: dict[str, str] | None = None,
) -> Unit:
    """Create a unit that receives cases. Refuses a taken code (Conflict), a malformed one and no name (Invalid)."""
    permissions.check_manage(actor)
    checks.check_code(code)
    unit = Unit(
        code=code,
        names=checks.some_name(names),
        parent=parent,
        area_id=area_id,
        calendar=calendar,
        contact_note=contact_note or {},
    )
    checks.save_once(unit, _("This code is taken. Choose another one."), field="code")
    _record("unit.created", unit, actor, code=code)
    return unit


@transaction.atomic
def change_unit(
    unit: Unit,
    *,
    names: dict[str, str],
    parent: Unit | None,
    area_id: int | None,
    calendar: Calendar | None,
    contact_note: dict[str, str],
    actor: accounts.Actor,
) -> None:
    """Change everything about a unit but its code. Refuses a unit below itself (Invalid). No deadline moves."""
    permissions.check_manage(actor)
    parents = dict(Unit.objects.select_for_update().order_by("pk").values_list("pk", "parent_id"))
    if logic.makes_loop(parents, child=unit.pk, parent=parent.pk if parent else None):
        text = _("A unit cannot be part of itself or of a unit below it.")
        raise Invalid(text, fields={"parent": text})
    if unit.is_fallback and area_id is None:
        text = _("The unit takes what nobody fits in its area. End that first, then take the area away.")
        raise Invalid(text, fields={"area_code": text})
    before = {field: getattr(unit, field) for field in ("names", "parent_id", "area_id", "calendar_id")}
    unit.names, unit.parent, unit.area_id, unit.calendar = checks.some_name(names), parent, area_id, calendar
    unit.contact_note = contact_note
    unit.save()
    _forget()
    changed = {k: [v, getattr(unit, k)] for k, v in before.items() if v != getattr(unit, k)}
    _record("unit.changed", unit, actor, changed=changed)


@transaction.atomic
def close_unit(unit: Unit, *, actor: accounts.Actor) -> None:
    """Send no new cases to the unit; the ones it has stay with it."""
    permissions.check_manage(actor)
    Unit.objects.filter(pk=unit.pk).update(is_active=False)
    _record("unit.closed", unit, actor)


@transaction.atomic
def open_unit(unit: Unit, *, actor: accounts.Actor) -> None:
    """Let the unit receive cases again."""
    permissions.check_manage(actor)
    Unit.objects.filter(pk=unit.pk).update(is_active=True)
    _record("unit.opened", unit, actor)


@transaction.atomic
def make_fallback(unit: Unit, *, actor: accounts.Actor) -> None:
    """Let the unit take what nobody fits in its area; another unit of the area stops doing so.

    Refuses (Invalid) a unit without an area.
    """
    permissions.check_manage(actor)
    if unit.area_id is None:
        raise Invalid(_("Give the unit an area first: it takes what nobody fits there."))
    Unit.objects.filter(area_id=unit.area_id, is_fallback=True).exclude(pk=unit.pk).update(is_fallback=False)
    Unit.objects.filter(pk=unit.pk).update(is_fallback=True)
    _record("unit.fallback_begun", unit, actor)


@transaction.atomic
def end_fallback(unit: Unit, *, actor: accounts.Actor) -> None:
    """Let the unit no longer take what nobody fits."""
    permissions.check_manage(actor)
    Unit.objects.filter(pk=unit.pk).update(is_fallback=False)
    _record("unit.fallback_ended", unit, actor)


@transaction.atomic
def create_team(unit: Unit, *, name: str, actor: accounts.Actor) -> Team:
    """Create a team in a unit. Refuses a name that the unit already uses (Conflict)."""
    permissions.check_manage(actor)
    team = Team(unit=unit, name=name)
    checks.save_once(team, _("This unit already has a team of this name."), field="name")
    _record("team.created", unit, actor, team=team.pk)
    return team


@transaction.atomic
def rename_team(team: Team, *, name: str, actor: accounts.Actor) -> None:
    """Give a team another name. Refuses a name that the unit already uses (Conflict)."""
    permissions.check_manage(actor)
    team.name = name
    checks.save_once(team, _("This unit already has a team of this name."), field="name")
    _record("team.renamed", team.unit, actor, team=team.pk)


@transaction.atomic
def set_members(team: Team, *, user_ids: Iterable[int], actor: accounts.Actor) -> None:
    """Say who belongs to a team. Refuses (Invalid) people who have no role in its unit."""
    permissions.check_manage(actor)
    wanted = set(user_ids)
    staff = set(accounts.staff_of_unit(team.unit_id).values_list("pk", flat=True))
    if wanted - staff:
        text = _("Only people with a role in this unit can belong to its teams.")
        raise Invalid(text, fields={"members": text})
    team.members.set(wanted)
    _record("team.members_set", team.unit, actor, team=team.pk, members=sorted(wanted))


@transaction.atomic
def dissolve_team(team: Team, *, actor: accounts.Actor) -> None:
    """Remove a team; its cases stay with the unit and with the officers who have them."""
    permissions.check_manage(actor)
    _record("team.dissolved", team.unit, actor, team=team.pk)
    team.delete()


@transaction.atomic
def change_setting(key: SettingKey, *, value: str, actor: accounts.Actor) -> None:
    """Set a setting from its written form. Refuses what it does not admit (Invalid). Promises already made stay."""
    permissions.check_change_settings(actor)
    try:
        parsed = logic.parse_setting(key, value)
    except logic.SettingError as error:
        raise Invalid(_problem(error), fields={"value": _problem(error)}) from error
    old = Setting.objects.filter(key=key).values_list("value", flat=True).first()
    Setting.objects.update_or_create(key=key.value, defaults={"value": parsed})
    _changed_setting(key, old, parsed, actor)


@transaction.atomic
def reset_setting(key: SettingKey, *, actor: accounts.Actor) -> None:
    """Go back to the default of a setting."""
    permissions.check_change_settings(actor)
    old = Setting.objects.filter(key=key).values_list("value", flat=True).first()
    Setting.objects.filter(key=key).delete()
    _changed_setting(key, old, logic.DEFAULTS[key], actor)


def _changed_setting(key: SettingKey, old: Any, new: Any, actor: accounts.Actor) -> None:
    _forget()
    before = logic.DEFAULTS[key] if old is None else old
    audit.record(
        "setting.changed",
        actor=accounts.actor_name(actor),
        subject=f"setting:{key.value}",
        data={"before": before, "after": new},
    )


def _problem(error: logic.SettingError) -> str:
    if error.bounds is None:
        return str(error.problem.label)
    bounds = {"least": error.bounds.least, "most": error.bounds.most}
    return _("Write a whole number from %(least)s to %(most)s.") % bounds


def _forget() -> None:
    """Let this process see a change at once; the others see it within `queries.SECONDS_REMEMBERED`."""
    transaction.on_commit(caches["local"].clear)


def _record(action: str, unit: Unit, actor: accounts.Actor, **data: Any) -> None:
    audit.record(action, actor=accounts.actor_name(actor), subject=f"unit:{unit.pk}", data=data)
