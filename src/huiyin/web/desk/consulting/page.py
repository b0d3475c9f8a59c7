"""One consultation: how it stands, what comes next, and how people will see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.catalogue.queries import localised
from huiyin.consultations import permissions
from huiyin.consultations.enums import OVER, Action, Audience, Standing, State
from huiyin.consultations.operations import acting
from huiyin.consultations.queries import deciding, history, lists, statements, visibility
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.manage import pages

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

# Offered as buttons, the sensible next one first.
STEPS = (Action.SCHEDULE, Action.ANSWER, Action.ARCHIVE, Action.EXTEND, Action.CLOSE, Action.WITHDRAW)
MAIN = (Action.SCHEDULE, Action.ANSWER, Action.ARCHIVE)


@access.requires(*permissions.ANY_PART)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a consultation."""
    user, row = pages.actor(request), frame.found(request, pk)
    organises = permissions.can_organise(user, row.unit_id)
    turnout = lists.turnout(row)
    context = {
        "row": row,
        "title": frame.title(row),
        "tag": frame.tag(row),
        "facts": _facts(row),
        "steps": _steps(row) if organises else [],
        "organises": organises,
        "parts": _parts(row, user),
        "turnout": turnout,
        "channels": [(via.label, count) for via, count in turnout.by_via.items()],
        "removals": [(reason.label, count) for reason, count in lists.removals(row).items()],
        "history": history.for_staff(row),
        "crumbs": [frame.start()],
        "is_draft": row.state == State.DRAFT,
    }
    return render(request, "desk/consulting/page.html", context)


@access.requires(*permissions.ANY_PART)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """How people will see it."""
    row = frame.found(request, pk)
    context = {
        "row": row,
        "title": frame.title(row),
        "background": localised(row.backgrounds),
        "drafting_note": localised(row.drafting_notes),
        "short_reason": localised(row.short_reasons),
        "policy": localised(row.moderation_policies),
        "facts": _facts(row),
        "statements": statements.published(row),
        "crumbs": [frame.start(), frame.crumb(row)],
    }
    return render(request, "desk/consulting/preview.html", context)


def _facts(row: Consultation) -> list[dict[str, str]]:
    audience = row.get_audience_display()
    if row.member_unit is not None:
        audience = f"{audience}: {localised(row.member_unit.names)}"
    pairs = [
        (_("Dates"), frame.period(row) or _("no dates yet")),
        (_("Unit that asks"), localised(row.unit.names) or row.unit.code),
        (_("Who may take part"), audience),
        (_("Statements are looked at"), row.get_moderation_display()),
        (_("Results can be seen"), row.get_results_display()),
    ]
    return [{"key": key, "value": value} for key, value in pairs]


def _steps(row: Consultation) -> list[dict[str, Any]]:
    offered = deciding.offered(row)
    return [
        {
            "action": action,
            "is_main": action in MAIN,
            "missing": [acting.need_words(need) for need in offered[action] if need not in ASKED_THEN],
            "href": reverse("desk:consultation_step", args=[row.pk, action.value]),
        }
        for action in STEPS
        if action in offered
    ]


# What the form of a step asks for itself.
ASKED_THEN = ("later_end", "end_reached_or_reason")


def _parts(row: Consultation, user: Any) -> list[pages.Crumb]:
    """The screens of this consultation that the reader may open, in the order of the work."""
    organises = permissions.can_organise(user, row.unit_id)
    waiting = statements.queue(row, Standing.WAITING).count()
    found = [
        (
            _("Statements (%(count)s wait)") % {"count": waiting},
            "statements",
            permissions.can_moderate(user, row.unit_id),
        ),
        (_("Codes"), "codes", organises and row.audience == Audience.CODES),
        (
            _("Enter papers and calls"),
            "papers",
            row.state == State.OPEN and permissions.can_enter_papers(user),
        ),
        (_("Results"), "results", visibility.results_visible(row)),
        (_("Answers"), "answers", organises and row.state in OVER),
        (_("Promises"), "promises", organises and row.state in OVER),
        (_("Take out as files"), "consultation_export", organises and visibility.results_visible(row)),
    ]
    return [pages.Crumb(text, reverse(f"desk:{name}", args=[row.pk])) for text, name, shown in found if shown]
