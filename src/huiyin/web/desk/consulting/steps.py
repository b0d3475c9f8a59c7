"""The steps of a consultation, each with a question before it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.consultations.enums import Action
from huiyin.consultations.operations import phases
from huiyin.kernel.errors import Missing
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.forms import ExtendForm, ReasonsForm, midnight
from huiyin.web.desk.consulting.lists import ORGANISERS
from huiyin.web.manage import pages

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation

VERBS = {
    Action.SCHEDULE: phases.schedule,
    Action.WITHDRAW: phases.withdraw,
    Action.ANSWER: phases.answer,
    Action.ARCHIVE: phases.archive,
}


@access.requires(*ORGANISERS)
def step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take one step."""
    row, user = frame.found(request, pk), pages.actor(request)
    ask = _ask(row, action)
    if action == Action.EXTEND:

        def extend(values: dict[str, Any]) -> None:
            end = midnight(values["last_day"] + dt.timedelta(days=1))
            phases.extend(pk, closes_at=pages.found(end), reasons=values["reasons"], actor=user)

        return pages.form(request, ExtendForm(pages.posted(request)), ask, extend)
    if action == Action.CLOSE:
        return pages.form(
            request,
            ReasonsForm(pages.posted(request)),
            ask,
            lambda values: phases.close_early(pk, reasons=values["reasons"], actor=user),
        )
    return pages.confirm(request, ask, lambda: VERBS[Action(action)](pk, actor=user))


def _ask(row: Consultation, action: str) -> pages.Asking:
    words = {
        Action.SCHEDULE: (
            _("Announce this consultation?"),
            _("Everybody then sees the question, the dates and the rules. It opens by itself on its first day."),
            _("Announce it"),
            _("It is announced."),
        ),
        Action.WITHDRAW: (
            _("Take the announcement back?"),
            _("It becomes a draft again that only your colleagues see."),
            _("Take it back"),
            _("The announcement was taken back."),
        ),
        Action.EXTEND: (
            _("Give people more time"),
            _("The new end and the reason are published."),
            _("Set the new end"),
            _("The end was moved."),
        ),
        Action.CLOSE: (
            _("Close this consultation before its end?"),
            _("No vote counts afterwards, and votes can never again be traced. The reason is published."),
            _("Close it now"),
            _("The consultation has closed. Now it needs an answer."),
        ),
        Action.ANSWER: (
            _("Publish the answer?"),
            _("Everybody sees it, and those who left an address are told. It cannot be changed afterwards."),
            _("Publish the answer"),
            _("The answer is published."),
        ),
        Action.ARCHIVE: (
            _("Archive this consultation?"),
            _("It stays public. The addresses of those who wanted to be told are deleted."),
            _("Archive it"),
            _("The consultation is archived."),
        ),
    }  # fmt: skip
    if action not in words:
        raise Missing
    title, intro, button, said = words[Action(action)]
    return pages.Asking(
        title=title,
        intro=intro,
        button=button,
        said=said,
        back=reverse("desk:consultation", args=[row.pk]),
        crumbs=[frame.crumb(row)],
        start=frame.start(),
        is_serious=action in {Action.CLOSE, Action.WITHDRAW},
    )
