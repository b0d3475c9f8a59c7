"""What can be chosen on desk screens. Remembered for some seconds: lists that change a few times a year."""

from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.utils.translation import get_language, gettext

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.accounts.queries import absences
from huiyin.catalogue import queries as catalogue
from huiyin.organisations import queries as organisations
from huiyin.places import queries as places

SECONDS_REMEMBERED = 10
Choice = tuple[str, str]


def services() -> list[Choice]:
    """(code, name) of what a case can be about, below the name of the group; for a select box."""
    return [(code, _path(names)) for _pk, code, names, leaf in _service_rows() if leaf]


def service_groups() -> list[tuple[str, Any]]:
    """Services in groups, as a select box shows them."""
    groups: dict[str, list[Choice]] = {}
    for _pk, code, names, leaf in _service_rows():
        if leaf:
            above = catalogue.localised(names[0]) if len(names) > 1 else gettext("Others")
            groups.setdefault(above, []).append((code, catalogue.localised(names[-1])))
    return list(groups.items())


def service_ids(code: str) -> list[int]:
    """The service with this code and everything below it."""
    rows = _service_rows()
    wanted = {pk for pk, own, _names, _leaf in rows if own == code}
    parents = dict(_remembered("desk-service-parents", _parents))
    return sorted(wanted | {pk for pk, above in parents.items() if above in wanted}) if code else []


def service_names() -> dict[int, str]:
    """Name of every service by id."""
    return {pk: catalogue.localised(names[-1]) for pk, _code, names, _leaf in _service_rows()}


def unit_names() -> dict[int, str]:
    """Name of every unit by id, also of those that take no cases any more."""
    rows = _remembered("desk-all-units", lambda: list(organisations.units().values_list("pk", "names")))
    return {pk: catalogue.localised(names) for pk, names in rows}


def channels() -> list[tuple[int, str, str]]:
    """(id, code, name) of channels in use."""
    rows = _remembered("desk-channels", lambda: list(catalogue.channels().values_list("pk", "code", "names")))
    return [(pk, code, catalogue.localised(names)) for pk, code, names in rows]


def desk_channels() -> list[tuple[int, str, str]]:
    """(id, code, name) of channels that an operator can choose."""
    rows = _remembered(
        "desk-own-channels", lambda: list(catalogue.desk_channels().values_list("pk", "code", "names"))
    )
    return [(pk, code, catalogue.localised(names)) for pk, code, names in rows]


def areas() -> list[Choice]:
    """(code, name) of areas, indented by level."""
    language = get_language() or ""
    found: list[Choice] = _remembered(f"desk-areas-{language}", lambda: places.choices(language))
    return found


def units() -> list[tuple[int, str]]:
    """(id, name) of units that cases can be sent to."""
    rows = _remembered("desk-units", lambda: list(organisations.receiving_units().values_list("pk", "names")))
    return [(pk, catalogue.localised(names)) for pk, names in rows]


def officers(user: Any, unit_ids: tuple[int, ...] = ()) -> list[tuple[int, str]]:
    """(id, name) of the officers to whom a unit head can give cases; of `unit_ids` only, where some are named."""
    headed = sorted(user.standing().units_for(Permission.ASSIGN_UNIT))
    away = absences.today()
    found = {
        row.pk: with_absence(row, away)
        for unit_id in headed
        if not unit_ids or unit_id in unit_ids
        for row in accounts.staff_of_unit(unit_id)
    }
    return list(found.items())


def with_absence(person: Any, away: dict[int, absences.Today]) -> str:
    """The name, and until when somebody is away."""
    if person.pk not in away:
        return str(person.name)
    row = away[person.pk]
    facts = {"name": person.name, "date": row.ends.isoformat(), "substitute": row.stand_in_name}
    if not row.stand_in_name:
        return gettext("%(name)s (away until %(date)s)") % facts
    return gettext("%(name)s (away until %(date)s, %(substitute)s stands in)") % facts


def _path(names: list[dict[str, str]]) -> str:
    return " – ".join(catalogue.localised(one) for one in names)


def _service_rows() -> list[tuple[int, str, list[dict[str, str]], bool]]:
    found: list[tuple[int, str, list[dict[str, str]], bool]] = _remembered("desk-services", _read_services)
    return found


def _read_services() -> list[tuple[int, str, list[dict[str, str]], bool]]:
    rows = list(catalogue.services())
    leaves = {row.pk for row in catalogue.leaves(rows)}
    found = []
    for row in rows:
        above = row.parent.current if row.parent is not None else None
        own = row.current.public_names if row.current is not None else {}
        found.append((row.pk, row.code, [above.public_names, own] if above else [own], row.pk in leaves))
    return found


def _parents() -> list[tuple[int, int | None]]:
    return list(catalogue.services().values_list("pk", "parent_id"))


def _remembered(name: str, read: Callable[[], Any]) -> Any:
    cache = caches["local"]
    found = cache.get(name)
    if found is None:
        found = read()
        cache.set(name, found, SECONDS_REMEMBERED)
    return found
