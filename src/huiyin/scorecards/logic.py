"""The public figures: counts, and the rates made of them. A rate is never shown without its two counts."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Rate:
    """`part` of `whole`. Half points are possible: a case solved in part counts half."""

    part: float
    whole: int

    def share(self, *, fewest: int) -> float | None:
        """Between 0 and 1; None where the whole is too small to say anything."""
        return self.part / self.whole if self.whole >= max(1, fewest) else None


# Every rate of the scorecard by its name in `Counts`; screen and export show the same ones.
RATES = ("on_time", "response", "resolution", "satisfaction", "not_reached", "reopening", "returning")


@dataclass(frozen=True)
class Counts:
    """What was counted in one period for everybody, one unit or one service.

    `due`: cases whose first promised date fell in the period, without withdrawn and not accepted ones; `in_time` of
    them had their first answer by the deadline in force. `answers`: answers sent in the period; `median_days` from
    receiving to the first answer. Verdicts belong to these answers; `silent` are answers whose time for a verdict is
    over without a word, `waiting` those that may still get one; `excluded` verdicts are left out of all rates, and
    `called_in_vain` are answers whose receiver was called back without being reached or willing to answer.
    `reopenings` happened in the period, whenever the case came in. `sent_to`: how often a case was sent to the unit in
    the period; `returned`: how often the unit said in the period that a case is not its own.
    """

    received: int = 0
    due: int = 0
    in_time: int = 0
    contacted_due: int = 0
    contacted: int = 0
    answers: int = 0
    median_days: float | None = None
    yes: int = 0
    partly: int = 0
    no: int = 0
    not_needed: int = 0
    satisfied: int = 0
    silent: int = 0
    waiting: int = 0
    reopened: int = 0
    excluded: int = 0
    called_in_vain: int = 0
    reopenings: int = 0
    sent_to: int = 0
    returned: int = 0

    @property
    def reached(self) -> int:
        """Answers with a verdict that counts, whatever it says; those left out stand in `excluded`."""
        return self.yes + self.partly + self.no + self.not_needed

    @property
    def on_time(self) -> Rate:
        return Rate(self.in_time, self.due)

    @property
    def response(self) -> Rate:
        """Contacted in time ÷ due."""
        return Rate(self.contacted, self.contacted_due)

    @property
    def resolution(self) -> Rate:
        """(yes + ½ partly) ÷ reached."""
        return Rate(self.yes + self.partly / 2, self.reached)

    @property
    def satisfaction(self) -> Rate:
        """(4 and 5) ÷ reached."""
        return Rate(self.satisfied, self.reached)

    @property
    def not_reached(self) -> Rate:
        """Silent ÷ answers whose time for a verdict is over or that have one; verdicts left out are in neither."""
        return Rate(self.silent, self.silent + self.reached)

    @property
    def reopening(self) -> Rate:
        """Reopenings ÷ answers sent."""
        return Rate(self.reopenings, self.answers)

    @property
    def returning(self) -> Rate:
        """Returned as not ours ÷ sent to the unit."""
        return Rate(self.returned, self.sent_to)

    def stored(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self)
