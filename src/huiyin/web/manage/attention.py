"""What an administrator should look at: things that are missing, and what breaks if they stay so."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission, Role
from huiyin.audit import queries as audit
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.queries import history, localised
from huiyin.hooks import queries as hooks
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.triage.queries import rules
from huiyin.web.components import punctuation
from huiyin.web.manage import fields

if TYPE_CHECKING:
    from huiyin.accounts.models import User

NAMES_SHOWN = 5
# As far ahead as a deadline of an ordinary case comes to lie.
REACH = dt.timedelta(days=60)


@dataclass(frozen=True)
class Point:
    """One thing to look at: what is the matter, which things, and where to mend it."""

    text: str
    which: str
    href: str
    action: str


def points(user: "User") -> list[Point]:
    """What `user` can do something about, most serious first."""
    return [point for permission, look in LOOKS if accounts.may(user, permission) for point in look()]


def _names(names: list[str]) -> str:
    shown = punctuation.listing(names[:NAMES_SHOWN])
    return shown + " …" if len(names) > NAMES_SHOWN else shown


def _log() -> Iterator[Point]:
    if audit.waiting_since() > 2 * audit.PROMISE:
        yield Point(
            _("The public log has not been signed for some minutes: no worker seems to run."),
            _("Receipts promise a signature within 60 seconds."),
            reverse("manage:health"),
            _("See the health of the installation"),
        )
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        yield Point(
            _("No mail server is set: people get no notice of answers."),
            _("They can still follow their case with number and secret."),
            reverse("manage:health"),
            _("See the health of the installation"),
        )


def _calendars() -> Iterator[Point]:
    calendar = organisations.default_calendar()
    if calendar is None:
        yield Point(
            _("There is no working calendar."),
            _("Deadlines are counted by eight hours on China's official working days."),
            reverse("manage:calendar_new"),
            _("Add a calendar"),
        )
        return
    known = organisations.years_with_days(calendar)
    missing = [
        str(year)
        for year in (clock.today().year, clock.today().year + 1)
        if year in organisations.official_years() and year not in known
    ]
    if missing:
        yield Point(
            _("The default calendar has no holidays for %(years)s.")
            % {"years": punctuation.listing(missing)},
            _("Deadlines over these days come out too early."),
            reverse("manage:calendar_official", args=[calendar.pk]),
            _("Take over China's official days"),
        )
    reached = (clock.today() + REACH).year
    if known and reached not in known | set(organisations.official_years()):
        yield Point(
            _("The default calendar knows no holidays of %(year)s yet, and deadlines reach into that year.")
            % {"year": reached},
            _(
                "They may come out too early. Enter the days off and the make-up days once they are published."
            ),
            reverse("manage:calendar", args=[calendar.pk]),
            _("Go to the calendar"),
        )


def _units() -> Iterator[Point]:
    counts = accounts.staff_counts()
    empty = [localised(row.names) for row in organisations.receiving_units() if not counts.get(row.pk)]
    if empty:
        said = ngettext(
            "%(count)d unit has nobody to work.", "%(count)d units have nobody to work.", len(empty)
        )
        yield Point(
            said % {"count": len(empty)}, _names(empty), reverse("manage:units"), _("Go to the units")
        )


def _services() -> Iterator[Point]:
    loose = [fields.service_name(row) for row in history.without_unit()]
    if loose:
        said = ngettext(
            "%(count)d service sends its cases to no unit; the dispatcher gets them.",
            "%(count)d services send their cases to no unit; the dispatcher gets them.",
            len(loose),
        )
        yield Point(
            said % {"count": len(loose)}, _names(loose), reverse("manage:services"), _("Go to the services")
        )


def _rules() -> Iterator[Point]:
    stopped = [name or catalogue.service_name(catalogue.leaf(service)) for name, service in rules.stopped()]
    if stopped:
        said = ngettext(
            "%(count)d rule or threshold stopped filing by itself.",
            "%(count)d rules or thresholds stopped filing by themselves.",
            len(stopped),
        )
        yield Point(
            said % {"count": len(stopped)}, _names(stopped), reverse("manage:rules"), _("Go to the rules")
        )


def _users() -> Iterator[Point]:
    idle = [str(row) for row in accounts.without_role()]
    if idle:
        said = ngettext("%(count)d user has no role.", "%(count)d users have no role.", len(idle))
        yield Point(said % {"count": len(idle)}, _names(idle), reverse("manage:users"), _("Go to the users"))
    if accounts.find_users(role=Role.ADMINISTRATOR).filter(is_active=True).count() == 1:
        yield Point(
            _("There is only one administrator."),
            _("If they lose their telephone, nobody can let them in again."),
            reverse("manage:users"),
            _("Go to the users"),
        )


def _hooks() -> Iterator[Point]:
    stopped = [row.name for row in hooks.stopped()]
    if stopped:
        said = ngettext(
            "%(count)d web hook was stopped, because its receiver does not answer.",
            "%(count)d web hooks were stopped, because their receivers do not answer.",
            len(stopped),
        )
        yield Point(
            said % {"count": len(stopped)}, _names(stopped), reverse("manage:hooks"), _("Go to the web hooks")
        )


LOOKS: tuple[tuple[Permission, Callable[[], Iterator[Point]]], ...] = (
    (Permission.MANAGE_SETTINGS, _log),
    (Permission.MANAGE_SETTINGS, _hooks),
    (Permission.MANAGE_ORGANISATION, _calendars),
    (Permission.MANAGE_ORGANISATION, _units),
    (Permission.MANAGE_CATALOGUE, _services),
    (Permission.MANAGE_CATALOGUE, _rules),
    (Permission.MANAGE_USERS, _users),
)
