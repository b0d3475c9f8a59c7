"""Building the demonstration city: the frame, then 600 cases of the last 90 days. The same seed gives the same city."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db import transaction

from huiyin.audit import operations as audit
from huiyin.audit import queries as trail
from huiyin.cases.enums import Anonymity
from huiyin.cases.operations import indexing, intake
from huiyin.catalogue import queries as catalogue
from huiyin.files import operations as files
from huiyin.kernel import clock
from huiyin.places import queries as places
from huiyin.scorecards import operations as scorecards
from huiyin.usecases import basics, filing, opendata
from huiyin.usecases.demo import (
    calls,
    city,
    consulting,
    coordination,
    neighbours,
    photos,
    quality,
    secrets,
    sorting,
    topics,
)
from huiyin.usecases.demo.story import Teller

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.catalogue.models import Service
    from huiyin.organisations.models import Unit

CASES = 600
DAYS = 90
PHOTOS = 90
# So many came in within the last hour for the unit whose officer one signs in as: whatever the day and the hour on
# which the city is built, there are open cases to work with.
FRESH = 8
_BUILT = "demo.built"
CHANNELS = [
    ("web", 46),
    ("phone", 34),
    ("counter", 6),
    ("visit", 4),
    ("letter", 3),
    ("email", 5),
    ("sms", 2),
    ("api", 2),
    ("import", 1),
]


def is_empty() -> bool:
    """Whether there is no city yet."""
    return not catalogue.services().exists()


def is_whole() -> bool:
    """Whether the city was built to its end; one that was broken off on the way misses what came last."""
    return bool(trail.search(action=_BUILT, limit=1).records)


def build(
    *, cases: int = CASES, seed: int = 20, progress: Callable[[int], None] = lambda _done: None
) -> None:
    """Build the city in an empty installation. Frame first, then the cases, oldest first, each in its transaction."""
    with transaction.atomic():
        basics.ensure()
        city.build_areas()
        units = city.build_units()
        services = city.build_services(units)
        people = city.build_staff(units)
        city.build_templates()
        city.build_programs()
        sorting.build_rules(services)
        hook = neighbours.connect(units, end=clock.now())
    builder = Builder(random.Random(seed), units, services, people)  # noqa: S311 -- a city, not a secret
    end = clock.now()
    first, fresh = coordination.first_unit(units, people), min(FRESH, cases)
    moments: list[tuple[dt.datetime, str | None]] = [
        (builder.moment(end), None) for _case in range(cases - fresh)
    ]
    moments += [(builder.last_moment(end), first) for _case in range(fresh)]
    for done, (at, unit) in enumerate(sorted(moments, key=itemgetter(0)), start=1):
        builder.case(at, end, with_photo=done % max(1, cases // PHOTOS) == 0, unit=unit)
        progress(done)
    calls.play(people["operator"], chance=builder.chance, end=end)
    quality.play(people, chance=builder.chance)
    secrets.play(people, units)
    builder.sorter.learn()
    consulting.build(units, people, chance=builder.chance)
    coordination.play(units, people)
    indexing.catch_up()
    topics.play(people["supervisor"][0])
    neighbours.play(hook, chance=builder.chance)
    audit.record(_BUILT, actor="system", subject="demo:city", data={"cases": cases})
    audit.seal_records()
    audit.sign_tree_head()
    scorecards.refresh()
    opendata.publish()


class Builder:
    """Makes believable cases."""

    def __init__(
        self,
        chance: random.Random,
        units: dict[str, Unit],
        services: dict[str, Service],
        people: dict[str, list[User]],
    ) -> None:
        self.chance, self.units, self.services, self.people = chance, units, services, people
        self.words = city.words()
        self.channels = {code: catalogue.channel(code) for code, _weight in CHANNELS}
        self.rows = [row for row in self.words["services"] if row["t"]]
        self.sorter = sorting.Sorter(people["dispatcher"][0], seed=21)

    def moment(self, end: dt.datetime) -> dt.datetime:
        """A moment of the last 90 days, more often by day and in the last weeks."""
        back = dt.timedelta(days=DAYS * self.chance.random() ** 1.4)
        at = end - back
        return at.replace(hour=self.chance.choices(range(24), [3] * 11 + [1] * 13)[0]) if back.days else at

    def last_moment(self, end: dt.datetime) -> dt.datetime:
        """The moment of a case that only just came in."""
        return end - dt.timedelta(minutes=self.chance.uniform(1, 45))

    def case(self, at: dt.datetime, end: dt.datetime, *, with_photo: bool, unit: str | None = None) -> None:
        """File one case, of this unit or of any, and tell its story."""
        row = self.chance.choice([row for row in self.rows if unit in {None, row["u"]}])
        with transaction.atomic():
            with clock.turned_to(at):
                filed = filing.file_case(self._new(row, with_photo=with_photo), contact=self._contact(row))
            at = self.sorter.sort(filed.case, self.services[row["code"]], at=at, end=end)
            unit = row["u"]
            Teller(
                case=filed.case,
                officers=self.people[unit],
                head=self.people[f"{unit}-head"][0],
                dispatcher=self.people["dispatcher"][0],
                arbiter=self.people["arbiter"][0],
                helper=self._helper(unit),
                chance=self.chance,
                at=at,
                end=end,
            ).tell()

    def _new(self, row: dict[str, Any], *, with_photo: bool) -> intake.NewCase:
        codes, weights = zip(*CHANNELS, strict=True)
        code = self.chance.choices(codes, weights)[0]
        area = self.chance.choice(self.words["areas"])
        west, south, east, north = area["box"]
        road = self.chance.choice(self.words["roads"])
        estate = self.chance.choice(self.words["estates"])
        number = self.chance.randrange(1, 180)
        fill = {
            "road": road,
            "estate": estate,
            "no": number,
            "days": self.chance.randrange(2, 14),
            "time": self.chance.choice(["六点", "七点", "八点半", "十点"]),
        }
        unsure = self.sorter.leaves_unsorted
        channel = self.channels[code]
        if channel is None:
            raise LookupError(code)
        return intake.NewCase(
            text=self.chance.choice(row["t"]).format(**fill),
            channel=channel,
            version=None if unsure else self.services[row["code"]].current,
            place_text=self.chance.choice([f"{road}{number}号", estate]),
            area=places.area(area["code"]),
            point=(self.chance.uniform(south, north), self.chance.uniform(west, east)),
            anonymity=self._anonymity(row),
            files=[self._photo(row)] if with_photo else [],
            filed_by=None
            if code in {"web", "api", "import"}
            else self.chance.choice(self.people["operator"]),
        )

    def _helper(self, unit: str) -> tuple[Unit, User]:
        """Another unit that can be asked, and an officer of it."""
        others = [code for code in self.units if code not in {unit, "hotline"}]
        code = self.chance.choice(others)
        return self.units[code], self.people[code][0]

    def _photo(self, row: dict[str, Any]) -> Any:
        upload = photos.photo(row.get("photo", "road"), self.chance)
        return files.store(upload, name=upload.name or "photo.jpg")

    def _anonymity(self, row: dict[str, Any]) -> Anonymity:
        if row.get("contact"):
            return Anonymity.OFFICE
        kinds = [Anonymity.OFFICE, Anonymity.DISPATCHER, Anonymity.NOBODY]
        return self.chance.choices(kinds, [60, 10, 30])[0]

    def _contact(self, row: dict[str, Any]) -> filing.ContactGiven:
        if not row.get("contact") and self.chance.random() < 0.55:
            return filing.ContactGiven()
        name = self.chance.choice(self.words["surnames"]) + self.chance.choice(self.words["given"])
        # 19900 begins no real number.
        return filing.ContactGiven(name=name, phone=f"199{self.chance.randrange(10**7, 10**8):08d}")
