"""The words of notices: what is shipped, in the active language, and what a city wrote in its place.

A notice says that something happened and where to read it, never what was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huiyin.notifications import queries as notifications
from huiyin.notifications.enums import Via

# To the person behind the case, and to colleagues.
TO_PERSON: dict[str, Promise] = {
    "filed": gettext_lazy("The case has arrived"),
    "question": gettext_lazy("The office asks something"),
    "answer": gettext_lazy("The case is answered"),
    "information": gettext_lazy("The office wrote"),
}
TO_STAFF: dict[str, Promise] = {
    "staff_assigned": gettext_lazy("A case was given to me"),
    "staff_message": gettext_lazy("The person wrote in my case"),
    "staff_warning": gettext_lazy("A deadline comes near"),
    "staff_overdue": gettext_lazy("A deadline has passed"),
    "staff_reopened": gettext_lazy("A case was opened again"),
    "staff_unsolved": gettext_lazy("The verdict says that it is not solved"),
}
EVENTS = TO_PERSON | TO_STAFF
OF_DEADLINES = frozenset({"staff_warning", "staff_overdue"})
VARIABLES: dict[str, Promise] = {
    "number": gettext_lazy("case number"),
    "link": gettext_lazy("address of the page to open"),
    "verdict": gettext_lazy("short address of the three questions, for an answer"),
    "unit": gettext_lazy("unit that is responsible"),
    "stop": gettext_lazy("address for taking no more notices"),
    "deadline": gettext_lazy("day and hour until which the answer is due, in notices to colleagues"),
}


def ways(event: str) -> tuple[Via, ...]:
    """The ways in which an event is told."""
    return (Via.EMAIL, Via.CHAT) if event in TO_STAFF else (Via.EMAIL, Via.SMS)


@dataclass(frozen=True)
class Words:
    """Subject (mail only) and text, with variables in braces."""

    subject: str
    body: str


def words(event: str, *, via: Via, language: str) -> Words:
    """What is sent: the city's own words, else the shipped ones."""
    own = notifications.wording(event, via=via, language=language)
    return Words(own.subject, own.body) if own is not None else shipped(event, via=via, language=language)


def shipped(event: str, *, via: Via, language: str) -> Words:
    """The words that come with the product."""
    known = event if event in EVENTS else "information"
    with translation.override(language):
        if known in TO_STAFF:
            return _to_staff(known)
        return _long(known) if via == Via.EMAIL else _short(known)


def filled(found: Words, values: Mapping[str, str]) -> Words:
    """The same with its variables filled in."""
    return Words(notifications.fill(found.subject, values), notifications.fill(found.body, values))


def _long(event: str) -> Words:
    subject, first = {
        "filed": (
            _("Case {number} has arrived"),
            _("Your case has arrived and has the number {number}."),
        ),
        "question": (
            _("A question about case {number}"),
            _("The office has a question about your case {number}. The clock waits for your reply."),
        ),
        "answer": (
            _("Case {number} is answered"),
            _("Your case {number} is answered. Please say on your page whether it is solved."),
        ),
        "information": (
            _("News about case {number}"),
            _("The office wrote to you about your case {number}."),
        ),
    }[event]
    lines = [
        first,
        _("Read it here (the link works for 30 days):"),
        "{link}",
        _("You get this message because you asked for it. To get no more of them:"),
        "{stop}",
    ]
    return Words(subject, "\n\n".join(lines))


def _short(event: str) -> Words:
    first = {
        "filed": _("Your case has arrived: number {number}."),
        "question": _(
            "The office has a question about your case {number}. Read it with number and secret: {link}"
        ),
        "answer": _("Your case {number} is answered. Is it solved? Three questions: {verdict}"),
        "information": _(
            "The office wrote to you about your case {number}. Read it with number and secret: {link}"
        ),
    }[event]
    return Words("", f"{first} {_('No more messages: {stop}')}")


def _to_staff(event: str) -> Words:
    subject = {
        "staff_assigned": _("Case {number} was given to you"),
        "staff_message": _("The person wrote in case {number}"),
        "staff_warning": _("The deadline of case {number} comes near"),
        "staff_overdue": _("The deadline of case {number} has passed"),
        "staff_reopened": _("Case {number} was opened again"),
        "staff_unsolved": _("Case {number}: the person says that it is not solved"),
    }[event]
    lines = ["{unit}", "{deadline}", "{link}"] if event in OF_DEADLINES else ["{unit}", "{link}"]
    return Words(subject, f"{subject}\n\n" + "\n".join(lines))


def several(count: int) -> str:
    """The subject of one mail about several cases, in the active language."""
    return ngettext("%(count)d case needs you today", "%(count)d cases need you today", count) % {
        "count": count
    }


def instead_of(names: Sequence[str]) -> str:
    """Why somebody is told who would not be, in the active language."""
    return _("You get this because you stand in for %(names)s.") % {"names": _(", ").join(names)}
