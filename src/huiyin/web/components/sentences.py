"""Plain sentences for what happened in a case: who did what, when, why. Two voices, one for each reader.

`for_staff` names colleagues and shows notes. `for_person` says "you", names units and never an officer, and has
nothing at all to say of notes: it answers None for what is not the person's business.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.cases.enums import Action, Method, NotAcceptedReason, Outcome, Party
from huiyin.cases.queries.timeline import HIDDEN_FROM_THE_PERSON, Timeline
from huiyin.catalogue.enums import Kind
from huiyin.feedback.enums import Solved
from huiyin.web.components import coordination_sentences as coordination
from huiyin.web.components.telling import Telling, joined, label, new_due

CALLED = {
    "reached": (
        gettext_lazy("We called you, and you told us how it was."),
        gettext_lazy("Called the person and reached them."),
    ),
    "not_reached": (
        gettext_lazy("We called you and did not reach you."),
        gettext_lazy("Called the person and did not reach them."),
    ),
    "refused": (
        gettext_lazy("We called you, and you did not want to answer."),
        gettext_lazy("Called the person, who did not want to answer."),
    ),
    "wrong_number": (
        gettext_lazy("We called the number you left, and it was not yours."),
        gettext_lazy("Called the person: wrong number."),
    ),
}
HOW_CONTACTED = ("phone", "counter", "visit")


@dataclass(frozen=True)
class Sentence:
    """One row of a timeline. `text` is a letter, message or note that belongs to it; `kind` says which."""

    title: str
    at: dt.datetime
    by: str = ""
    text: str = ""
    kind: str = "event"  # event, letter, message, note
    sender: str = ""
    files: Sequence[Any] = ()
    pk: int = 0


def for_person(event: Any, names: Timeline) -> Sentence | None:
    """The sentence for the person behind the case; None for what they do not see (notes, who works where)."""
    if event.action in HIDDEN_FROM_THE_PERSON:
        return None
    telling = Telling(event, names)
    text, kind, files = _attached(event, names)
    return Sentence(
        _TO_PERSON[Action(event.action)](telling), event.at, text=text, kind=kind, files=files, pk=event.pk,
        sender=telling.unit if kind == "letter" else "",
    )  # fmt: skip


def for_staff(event: Any, names: Timeline) -> Sentence:
    """The sentence for colleagues: with the officer's name, and with notes."""
    telling = Telling(event, names)
    text, kind, files = _attached(event, names)
    if event.note is not None:
        text, kind = event.note.text, "note"
    return Sentence(
        _TO_STAFF[Action(event.action)](telling), event.at, by=_who(event), text=text, kind=kind, files=files,
        pk=event.pk, sender=telling.unit if kind == "letter" else "",
    )  # fmt: skip


def story_for_person(names: Timeline) -> list[Sentence]:
    """All sentences of a timeline for the person, oldest first."""
    told = (for_person(event, names) for event in names.events)
    return [sentence for sentence in told if sentence is not None]


def story_for_staff(names: Timeline) -> list[Sentence]:
    """All sentences of a timeline for colleagues, oldest first."""
    return [for_staff(event, names) for event in names.events]


def _attached(event: Any, names: Timeline) -> tuple[str, str, list[Any]]:
    """The letter or message that belongs to the event, and its files; never a note."""
    if event.reply is not None:
        return (
            event.reply.text,
            "letter",
            [row.file for row in names.files.get(("reply", event.reply_id), [])],
        )
    if event.message is not None:
        return (
            event.message.text,
            "message",
            [row.file for row in names.files.get(("message", event.message_id), [])],
        )
    return "", "event", []


def _who(event: Any) -> str:
    if event.actor is not None:
        return str(event.actor.name)
    return {Party.PERSON: _("the person"), Party.SYSTEM: _("by itself")}.get(event.party, "")


# --- to the person --------------------------------------------------------------------------------------------------


def _filed(t: Telling) -> str:
    what = _("You told us this by way of the desk.") if t.by_desk else _("You told us this.")
    due = t.moment("due")
    return joined(what, _("We promised an answer by %(date)s.") % {"date": due} if due else "")


def _assigned(t: Telling) -> str:
    names = {"unit": t.unit_named(t.fact("unit")), "from": t.unit_named(t.fact("from_unit"))}
    if names["from"] and names["from"] != names["unit"]:
        what = _("It went from %(from)s to %(unit)s. Your dates stay as promised.") % names
    else:
        what = _("It went to %(unit)s.") % names
    return joined(what, new_due(t))


def _classified(t: Telling) -> str:
    return _("It was filed under “%(service)s”. Your dates stay as promised.") % {
        "service": t.service_named(t.fact("service"))
    }


def _contacted(t: Telling) -> str:
    text = {
        "phone": _("%(unit)s spoke with you on the telephone."),
        "counter": _("%(unit)s spoke with you at the counter."),
        "visit": _("%(unit)s visited you."),
    }.get(str(t.fact("how")), _("%(unit)s was in contact with you."))
    return text % {"unit": t.unit}


def _asked(t: Telling) -> str:
    until = t.moment("until")
    return joined(
        _("%(unit)s asks you something.") % {"unit": t.unit},
        _("The clock stands until you reply, at most until %(date)s.") % {"date": until} if until else "",
    )


def _wrote(t: Telling) -> str:
    return joined(_("The desk wrote this down for you.") if t.by_desk else _("You wrote to us."), new_due(t))


def _resumed(t: Telling) -> str:
    return joined(_("%(unit)s works on without waiting longer for a reply.") % {"unit": t.unit}, new_due(t))


def _answered(t: Telling) -> str:
    late = _("It came after the promised date.") if t.fact("in_time") is False else ""
    facts = {"unit": t.unit, "outcome": label(Outcome, t.fact("outcome"))}
    return joined(_("%(unit)s answered: %(outcome)s.") % facts, late)


def _declined(t: Telling) -> str:
    return _("It was not accepted: %(reason)s.") % {"reason": label(NotAcceptedReason, t.fact("reason"))}


def _judged(t: Telling) -> str:
    text = (
        _("The desk wrote down your verdict: %(solved)s.")
        if t.by_desk
        else _("You gave your verdict: %(solved)s.")
    )
    return text % {"solved": label(Solved, t.fact("solved"))}


def _reopened(t: Telling) -> str:
    due = t.moment("due")
    return joined(
        _("You said that it is not solved. %(unit)s works on it again.") % {"unit": t.unit},
        _("The new date is %(date)s; the first promise stays on record.") % {"date": due} if due else "",
    )


_TO_PERSON: dict[Action, Callable[[Telling], str]] = {
    Action.FILE: _filed,
    Action.ASSIGN: _assigned,
    Action.SIGN_FOR: lambda t: _("%(unit)s signed for it and answers you.") % {"unit": t.unit},
    Action.START: lambda t: _("%(unit)s began to work on it.") % {"unit": t.unit},
    Action.CLASSIFY: _classified,
    Action.CONTACT: _contacted,
    Action.INFORM: lambda t: _("%(unit)s wrote to you.") % {"unit": t.unit},
    Action.ASK: _asked,
    Action.PERSON_WRITES: _wrote,
    Action.RESUME: _resumed,
    Action.ANSWER: _answered,
    Action.NOT_ACCEPT: _declined,
    Action.WITHDRAW: lambda _t: _("You took it back."),
    Action.CALL_BACK: lambda t: str(CALLED[str(t.fact("result"))][0]),
    Action.RATE: _judged,
    Action.CLOSE: lambda _t: _("It was closed because nothing more was said. You can still reopen it."),
    Action.REOPEN: _reopened,
    Action.PUBLISH: lambda _t: _("It was published, without your name."),
    Action.UNPUBLISH: lambda _t: _("It is no longer published."),
    Action.ADD_FILE: lambda _t: _("A file was added."),
    Action.ANONYMISE: lambda _t: _("What could point to you was removed."),
    **coordination.TO_PERSON,
}


# --- to staff -------------------------------------------------------------------------------------------------------


def _staff_filed(t: Telling) -> str:
    what = _("The desk wrote the case down for the person.") if t.by_desk else _("The person filed the case.")
    due = t.moment("due")
    return joined(what, _("Answer promised by %(date)s.") % {"date": due} if due else "")


def _staff_assigned(t: Telling) -> str:
    names = {"unit": t.unit_named(t.fact("unit")), "from": t.unit_named(t.fact("from_unit"))}
    moved = bool(names["from"]) and names["from"] != names["unit"]
    what = (_("Sent from %(from)s to %(unit)s.") if moved else _("Sent to %(unit)s.")) % names
    reason = str(t.fact("reason") or "")
    why = _("Reason: %(reason)s") % {"reason": reason} if reason else ""
    return joined(what, _by_itself(t), why, new_due(t))


def _by_itself(t: Telling) -> str:
    """By what something was filed without a person, if it was."""
    ground = t.fact("ground")
    if not isinstance(ground, dict):
        return ""
    if "distribution" in ground:
        by_load = ground["distribution"] == Method.LOAD
        return _("By itself: the fewest open cases.") if by_load else _("By itself, in turn.")
    if "rule" in ground:
        return _("Filed by itself, by the rule “%(name)s”.") % {"name": ground.get("name", "")}
    return _("Filed by itself, from earlier decisions, %(percent)s %% sure.") % {
        "percent": ground.get("percent", "")
    }


def _staff_taken(t: Telling) -> str:
    officer = t.names.officers.get(t.fact("officer") or 0, "")
    if t.event.actor_id == t.fact("officer"):
        return _("%(officer)s took the case.") % {"officer": officer}
    absent = t.names.officers.get(t.fact("instead_of") or 0, "")
    if absent:
        names = {"officer": officer, "absent": absent}
        return _("Given to %(officer)s, who stands in for %(absent)s.") % names
    return joined(_("Given to %(officer)s.") % {"officer": officer}, _by_itself(t))


def _staff_classified(t: Telling) -> str:
    facts = {
        "before": t.service_named(t.fact("from_service")) if t.fact("from_service") else _("no service"),
        "service": t.service_named(t.fact("service")),
        "kind": label(Kind, t.fact("kind")),
    }
    what = _("Service changed from “%(before)s” to “%(service)s”, kind: %(kind)s. The deadlines stay.")
    return joined(what % facts, _by_itself(t))


def _staff_contacted(t: Telling) -> str:
    return {
        "phone": _("Spoke with the person on the telephone."),
        "counter": _("Spoke with the person at the counter."),
        "visit": _("Visited the person."),
    }.get(str(t.fact("how")), _("Was in contact with the person."))


def _staff_asked(t: Telling) -> str:
    until = t.moment("until")
    return joined(
        _("Asked the person."),
        _("The clock stands until the reply, at most until %(date)s.") % {"date": until} if until else "",
    )


def _staff_wrote(t: Telling) -> str:
    what = _("The desk wrote this down for the person.") if t.by_desk else _("The person wrote.")
    return joined(what, new_due(t))


def _staff_answered(t: Telling) -> str:
    in_time = _("In time.") if t.fact("in_time") else _("After the deadline.")
    return joined(_("Answered: %(outcome)s.") % {"outcome": label(Outcome, t.fact("outcome"))}, in_time)


def _staff_judged(t: Telling) -> str:
    verdict = {"solved": label(Solved, t.fact("solved"))}
    if t.by_desk:
        return _("The desk wrote down the person's verdict: %(solved)s.") % verdict
    return _("The person gave the verdict: %(solved)s.") % verdict


def _staff_reopened(t: Telling) -> str:
    due = t.moment("due")
    what = _("Reopened: the person says that it is not solved.")
    return joined(what, _("New deadline: %(date)s.") % {"date": due} if due else "")


_TO_STAFF: dict[Action, Callable[[Telling], str]] = {
    Action.FILE: _staff_filed,
    Action.ASSIGN: _staff_assigned,
    Action.TAKE: _staff_taken,
    Action.SIGN_FOR: lambda t: _("%(unit)s signed for the case.") % {"unit": t.unit},
    Action.START: lambda _t: _("Work began."),
    Action.CLASSIFY: _staff_classified,
    Action.CONTACT: _staff_contacted,
    Action.NOTE: lambda _t: _("Wrote a note."),
    Action.INFORM: lambda _t: _("Wrote to the person."),
    Action.ASK: _staff_asked,
    Action.PERSON_WRITES: _staff_wrote,
    Action.RESUME: lambda t: joined(_("Works on without waiting longer for a reply."), new_due(t)),
    Action.ANSWER: _staff_answered,
    Action.NOT_ACCEPT: _declined,
    Action.WITHDRAW: lambda t: (
        _("The desk withdrew it for the person.") if t.by_desk else _("The person withdrew it.")
    ),
    Action.CALL_BACK: lambda t: str(CALLED[str(t.fact("result"))][1]),
    Action.RATE: _staff_judged,
    Action.CLOSE: lambda _t: _("Closed after the set days without a word from the person."),
    Action.REOPEN: _staff_reopened,
    Action.PUBLISH: lambda t: _("Changed the public text.") if t.fact("changed") else _("Published."),
    Action.UNPUBLISH: lambda _t: _("Taken back from publication."),
    Action.ADD_FILE: lambda _t: _("Added a file."),
    Action.ANONYMISE: lambda _t: _("Anonymised."),
    **coordination.TO_STAFF,
}
