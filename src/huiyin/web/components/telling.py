"""An event on its way into a sentence: the names and dates that its words may use."""

from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from huiyin.cases.enums import Party
from huiyin.cases.queries.timeline import Timeline
from huiyin.catalogue.queries import localised
from huiyin.kernel import clock
from huiyin.web.components import dates


@dataclass(frozen=True)
class Telling:
    """An event with the names that its sentence may use."""

    event: Any
    names: Timeline

    @property
    def unit(self) -> str:
        """The unit that was responsible, for the start of a sentence."""
        return self.unit_named(self.event.unit_id) or _("The desk")

    def unit_named(self, pk: int | None) -> str:
        """A unit's name in the reader's language; empty for none."""
        return localised(self.names.units.get(pk or 0, {}))

    def service_named(self, pk: int | None) -> str:
        """A service's name in the reader's language."""
        return localised(self.names.services.get(pk or 0, {})) or _("another service")

    def fact(self, name: str) -> Any:
        """One fact of the event; None where it has none."""
        return self.event.data.get(name)

    def moment(self, name: str) -> str:
        """A moment among the facts in words, with its weekday; empty for none."""
        found = parse_datetime(str(self.fact(name) or ""))
        return dates.moment_words(found, this_year=clock.today().year) if found else ""

    @property
    def by_desk(self) -> bool:
        """Whether the desk wrote it down for the person."""
        return bool(self.event.party == Party.DESK)


def label(choices: Any, value: Any) -> str:
    """What a stored choice is called; empty for one that is unknown."""
    return str(choices(value).label) if value in choices.values else ""


def joined(*parts: str) -> str:
    """Sentences side by side; Chinese full stops need no blank between them."""
    said = [part for part in parts if part]
    return "".join(p if p.endswith("。") or p is said[-1] else f"{p} " for p in said)


def new_due(t: Telling) -> str:
    """That the deadline moved, and to when; empty where it did not."""
    after = t.moment("due_after")
    if not after or t.fact("due_after") == t.fact("due_before"):
        return ""
    return _("The clock goes on; the answer is now due by %(date)s.") % {"date": after}
