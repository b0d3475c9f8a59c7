"""Reading the figures."""

import datetime as dt
from dataclasses import dataclass

from huiyin.catalogue import queries as catalogue
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.scorecards.enums import Period
from huiyin.scorecards.logic import RATES, Counts, Rate
from huiyin.scorecards.models import Snapshot

__all__ = ["RATES", "Counts", "Figures", "Line", "Rate", "figures"]


@dataclass(frozen=True)
class Line:
    """Figures of one unit or service, with its name in the reader's language."""

    code: str
    name: str
    counts: Counts


@dataclass(frozen=True)
class Figures:
    """Everything the page of figures shows."""

    computed_at: dt.datetime
    total: Counts
    before: Counts
    units: list[Line]
    services: list[Line]
    fewest: int


def figures(period: Period) -> Figures | None:
    """The figures of a period as last counted; None before the first count, which a job does within ten minutes."""
    row = Snapshot.objects.filter(period=period).first()
    if row is None:
        return None
    groups = {
        name: {int(key): Counts(**values) for key, values in group.items()}
        for name, group in row.figures.items()
    }
    units = [
        Line(unit.code, catalogue.localised(unit.names), groups["units"][unit.pk])
        for unit in organisations.units()
        if unit.pk in groups["units"]
    ]
    services = [
        Line(service.code, catalogue.service_name(service), groups["services"][service.pk])
        for service in catalogue.services()
        if service.pk in groups["services"]
    ]
    return Figures(
        computed_at=row.computed_at,
        total=groups["all"].get(0, Counts()),
        before=groups["before"].get(0, Counts()),
        units=units,
        services=sorted(services, key=lambda line: -line.counts.received),
        fewest=int(organisations.setting(SettingKey.MIN_COUNT_SHOWN)),
    )
