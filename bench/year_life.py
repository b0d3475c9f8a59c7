"""A year in a city: units, calendars, services, people, and what happens to cases (see `year.py`)."""

import csv
import datetime as dt
import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huiyin.accounts.enums import Role
from huiyin.cases.enums import ExtensionReason, NotAcceptedReason, Outcome, ReturnReason
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, extensions, handling, person, returns
from huiyin.catalogue.enums import Urgency
from huiyin.engines import worktime
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.usecases import clockwork, filing, warnings

BEGIN = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
DAYS = 365
# How often the jobs of the clock run in between: every five minutes in a real office.
JOBS_EVERY = dt.timedelta(hours=12)
TEXTS = ["路灯坏了三天，晚上看不见路。", "小区门口积水，走不过去。", "公交站牌倒了。", "夜里施工声音很大。"]
SERVICES = 30
LIMITS = [
    {},
    {},
    {"answer": "3d working"},
    {"answer": "48h clock"},
    {"answer": "10d working", "first_contact": "4h working", "sign_for": "2h working"},
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How large the year is."""

    cases: int
    acted: int
    units: int = 60
    seed: int = 7
    days: int = DAYS

    @property
    def end(self) -> dt.datetime:
        return BEGIN + dt.timedelta(days=self.days)


@dataclass
class City:
    """Whoever and whatever there is."""

    units: list[Any] = field(default_factory=list)
    officers: dict[int, list[Any]] = field(default_factory=dict)
    heads: dict[int, Any] = field(default_factory=dict)
    services: list[Any] = field(default_factory=list)
    channel: Any = None
    dispatcher: Any = None
    supervisor: Any = None
    arbiter: Any = None


def live(plan: Plan, folder: Path, *, tell: Callable[[str], None] = lambda _text: None) -> dict[str, int]:
    """Let the year happen; returns what was done how often."""
    city = build(plan)
    tell(f"{plan.acted:,} cases by the verbs")
    life = Life(plan, city)
    life.run(tell)
    done = dict(sorted(life.done.items()))
    rest = plan.cases - plan.acted
    if rest:
        tell(f"{rest:,} cases by the import")
        bring_in(plan, folder, rest)
    with clock.turned_to(plan.end):
        from huiyin.scorecards import operations as scorecards

        tell("the jobs of the last day")
        while clockwork.close_silent_cases() or clockwork.resume_expired_pauses():
            pass
        warnings.warn_of_deadlines()
        scorecards.refresh()
    return done | {"cases in the database": Case.objects.count()}


def build(plan: Plan) -> City:
    """The frame, as an administrator would make it."""
    from huiyin.accounts import operations as accounts
    from huiyin.catalogue import operations as catalogue
    from huiyin.organisations import operations as organisations

    city = City()
    office, hours = "09:00-12:00, 13:00-18:00", ["09:00-12:00, 13:00-18:00"] * 5
    with clock.turned_to(BEGIN):
        plain = organisations.create_calendar(
            "Offices", time_zone="Asia/Shanghai", weekly=[*hours, "", ""], actor="system"
        )
        windows = organisations.create_calendar(
            "Windows", time_zone="Asia/Shanghai", weekly=[*hours, "09:00-12:00", ""], actor="system"
        )
        always = organisations.create_calendar(
            "Always", time_zone="Asia/Shanghai", weekly=["00:00-24:00"] * 7, actor="system"
        )
        for calendar in (plain, windows):
            organisations.import_official_days(calendar, years=[2024, 2025, 2026], actor="system")
        organisations.set_day(windows, date=dt.date(2025, 7, 1), name="Stocktaking", hours="", actor="system")
        organisations.set_day(windows, date=dt.date(2025, 7, 6), name="Worked", hours=office, actor="system")
        for number in range(plan.units):
            city.units.append(
                organisations.create_unit(
                    f"unit-{number}", names={"en": f"Unit {number}", "zh-hans": f"第{number}科"}, actor="system",
                    calendar=[None, windows, always][number % 3],
                )
            )  # fmt: skip
        for number in range(SERVICES):
            draft = catalogue.Draft(
                public_names={"en": f"Service {number}", "zh-hans": f"事项{number}"}, kind="help",
                unit_id=city.units[number % plan.units].pk, limits=LIMITS[number % len(LIMITS)],
                urgency=[Urgency.ORDINARY, Urgency.COMPLEX, Urgency.UTILITIES][number % 3],
            )  # fmt: skip
            city.services.append(catalogue.create_service(f"s{number}", draft=draft, actor="system"))
        city.channel = catalogue.create_channel("web", names={"en": "Web", "zh-hans": "网站"}, actor="system")

        def one(name: str, role: Role, unit: Any = None) -> Any:
            user = accounts.create_user(name, name=name, password="correct horse battery", actor="system")
            accounts.give_role(user, role=role, unit_id=unit.pk if unit else None, actor="system")
            return acting.staff(user)

        for unit in city.units:
            city.officers[unit.pk] = [one(f"{unit.code}-{n}", Role.OFFICER, unit) for n in range(2)]
            city.heads[unit.pk] = one(f"{unit.code}-head", Role.UNIT_HEAD, unit)
        city.dispatcher, city.supervisor = (
            one("dispatcher", Role.DISPATCHER),
            one("supervisor", Role.SUPERVISOR),
        )
        city.arbiter = one("arbiter", Role.ARBITER)
    return city


class Life:
    """The steps of many cases, one after the other in the order of time."""

    def __init__(self, plan: Plan, city: City) -> None:
        self.plan, self.city, self.chance = plan, city, random.Random(plan.seed)
        self.steps: list[tuple[dt.datetime, int, Callable[[], None]]] = []
        self.serial = itertools.count()
        self.done: Counter[str] = Counter()
        self.now = BEGIN

    def run(self, tell: Callable[[str], None]) -> None:
        """Everything up to the end of the year."""
        for _case in range(self.plan.acted):
            self.at(BEGIN + dt.timedelta(seconds=self.chance.uniform(0, self.plan.days * 86_400)), self.file)
        moment = BEGIN + JOBS_EVERY
        while moment < self.plan.end:
            self.at(moment, self.jobs)
            moment += JOBS_EVERY
        month = 0
        while self.steps:
            self.now, _serial, act = heapq.heappop(self.steps)
            if self.now.month != month:
                month = self.now.month
                tell(f"{self.now:%Y-%m}")
            with clock.turned_to(self.now):
                self.try_to(act)

    def try_to(self, act: Callable[[], None]) -> None:
        """What the rules do not allow does not happen."""
        try:
            act()
        except Refusal:
            self.done["refused"] += 1

    def at(self, moment: dt.datetime, act: Callable[..., None], *given: Any) -> None:
        if moment < self.plan.end:
            heapq.heappush(self.steps, (moment, next(self.serial), lambda: act(*given)))

    def later(self, low: float, high: float, act: Callable[..., None], *given: Any) -> None:
        """In some hours; half of the time while offices are open."""
        moment = self.now + dt.timedelta(hours=self.chance.uniform(low, high))
        if self.chance.random() < 0.5:
            moment = worktime.next_working_moment(worktime.china_calendar(), moment)
        self.at(moment, act, *given)

    def jobs(self) -> None:
        clockwork.resume_expired_pauses()
        clockwork.put_undecided_before_arbiter()
        self.done["warned"] += warnings.warn_of_deadlines()
        self.done["closed by silence"] += clockwork.close_silent_cases()

    def file(self) -> None:
        from huiyin.cases.operations import intake

        service = self.chance.choice(self.city.services)
        new = intake.NewCase(
            text=self.chance.choice(TEXTS),
            channel=self.city.channel,
            version=service.current,
            place_text="东门",
        )
        case = filing.file_case(new, contact=filing.ContactGiven()).case
        self.done["filed"] += 1
        luck = self.chance.random()
        if luck < 0.02:
            self.later(1, 30, self.decline, case.pk)
        elif luck < 0.05:
            self.later(1, 60, self.withdraw, case.pk)
        elif luck < 0.10:
            self.later(0.2, 6, self.give_back, case.pk)
        elif luck < 0.97:
            self.later(0.2, 20, self.work, case.pk)

    def officer(self, pk: int) -> Any:
        """Somebody of the unit that the case lies with now."""
        unit = Case.objects.values_list("unit_id", flat=True).get(pk=pk)
        return self.chance.choice(self.city.officers[unit])

    def decline(self, pk: int) -> None:
        handling.not_accept(pk, reason=NotAcceptedReason.COURT, text="法院。", actor=self.city.dispatcher)
        self.done["declined"] += 1

    def withdraw(self, pk: int) -> None:
        person.withdraw(pk)
        self.done["withdrawn"] += 1

    def give_back(self, pk: int) -> None:
        actor = self.officer(pk)
        returns.give_back(pk, reason=ReturnReason.OTHER_AREA, text="不在辖区。", actor=actor)
        self.done["returned"] += 1
        self.later(1, 40, self.send_on, pk)

    def send_on(self, pk: int) -> None:
        unit = self.chance.choice(self.city.units)
        try:
            handling.assign(pk, unit=unit, actor=self.city.dispatcher)
        except Refusal:
            returns.rule(pk, unit=unit, matter="路灯", ground="属地。", actor=self.city.arbiter)
        self.later(0.2, 20, self.work, pk)

    def work(self, pk: int) -> None:
        actor = self.officer(pk)
        handling.sign_for(pk, actor=actor)
        if self.chance.random() < 0.7:
            self.later(0, 30, self.contact, pk, actor)
        luck = self.chance.random()
        if luck < 0.25:
            self.later(1, 60, self.ask, pk, actor)
        elif luck < 0.40:
            self.later(1, 60, self.extend, pk, actor)
        self.later(*((10, 150) if self.chance.random() < 0.8 else (150, 600)), self.answer, pk, actor)

    def contact(self, pk: int, actor: Any) -> None:
        handling.record_contact(pk, how="phone", actor=actor)

    def ask(self, pk: int, actor: Any) -> None:
        handling.ask(pk, text="哪一盏？", actor=actor)
        self.done["asked"] += 1
        if self.chance.random() < 0.7:
            self.later(1, 200, self.reply, pk)

    def reply(self, pk: int) -> None:
        person.write(pk, text="东门那盏。")
        self.done["replied"] += 1

    def extend(self, pk: int, actor: Any) -> None:
        extensions.ask(
            pk,
            days=self.chance.choice([1, 3, 10]),
            reason=ExtensionReason.MATERIAL,
            text="等配件。",
            actor=actor,
        )
        self.later(0.5, 20, self.decide, pk)

    def decide(self, pk: int) -> None:
        if self.chance.random() < 0.8:
            extensions.grant(pk, actor=self.city.supervisor)
            self.done["extended"] += 1
        else:
            extensions.refuse(pk, why="太久。", actor=self.city.supervisor)

    def answer(self, pk: int, actor: Any) -> None:
        outcome = self.chance.choice([Outcome.SOLVED, Outcome.SOLVED, Outcome.PARTLY, Outcome.EXPLAINED])
        handling.answer(pk, text="修好了。", outcome=outcome, actor=actor)
        self.done["answered"] += 1
        if self.chance.random() < 0.6:
            self.later(2, 400, self.judge, pk, actor)

    def judge(self, pk: int, actor: Any) -> None:
        solved = self.chance.choice([Solved.YES, Solved.YES, Solved.PARTLY, Solved.NO, Solved.NOT_NEEDED])
        given = Given(contacted=True, solved=solved, satisfaction=self.chance.randint(1, 5))
        person.judge(pk, given=given)
        self.done["judged"] += 1
        if solved in {Solved.NO, Solved.PARTLY} and self.chance.random() < 0.6:
            self.later(0.1, 900, self.reopen, pk, actor)

    def reopen(self, pk: int, actor: Any) -> None:
        person.reopen(pk, text="又坏了。")
        self.done["reopened"] += 1
        self.later(10, 300, self.answer, pk, actor)


def bring_in(plan: Plan, folder: Path, count: int) -> None:
    """The other cases, as a file of another system tells them, by the import."""
    from huiyin.usecases.bulk import importing

    path, chance = folder / "year.csv", random.Random(plan.seed + 1)
    calendar = worktime.china_calendar()
    seven = worktime.Limit.parse("7d working")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["external_id", "received_at", "channel", "service", "unit", "text", "state", "outcome", "assigned_at",
             "accepted_at", "contacted_at", "promised_at", "answered_at", "closed_at", "reply"]
        )  # fmt: skip
        for number in range(count):
            writer.writerow(_row(number, plan, chance, calendar, seven))
    importing.run(path, options=importing.Options(source="elsewhere"), actor="system")


def _row(number: int, plan: Plan, chance: random.Random, calendar: Any, limit: Any) -> list[str]:
    received = BEGIN + dt.timedelta(seconds=int(chance.uniform(0, plan.days * 86_400)))
    promised = worktime.deadline(calendar, received, limit)
    answered = received + dt.timedelta(seconds=int(chance.expovariate(1 / (6 * 86_400))) + 600)
    assigned, accepted = received + dt.timedelta(minutes=20), received + dt.timedelta(minutes=40)
    contacted = min(answered, received + dt.timedelta(hours=30))
    luck, state, ended = chance.random(), "closed", answered + dt.timedelta(days=14)
    if luck < 0.02:
        state = "withdrawn"
    elif luck < 0.03:
        state = "not_accepted"
    elif answered >= plan.end:
        state = "in_progress" if accepted < plan.end else "assigned"
    elif ended >= plan.end:
        state = "answered"
    done = state in {"closed", "answered"}
    outcome = chance.choice(["solved", "partly", "explained"]) if done else ""
    moments = [assigned, accepted, contacted if contacted < plan.end else None, promised]
    moments += [answered if done else None, ended if state == "closed" else None]
    return [
        str(number), received.isoformat(), "网站", f"事项{chance.randrange(SERVICES)}", f"第{chance.randrange(plan.units)}科",
        chance.choice(TEXTS), state, outcome, *(at.isoformat() if at else "" for at in moments), "修好了。" if done else "",
    ]  # fmt: skip
