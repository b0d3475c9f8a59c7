"""Being told what became of a statement. The way to reach somebody is linked to the statement, and to no vote."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import formats, translation
from django.utils.translation import gettext as _

from huiyin.catalogue.queries import localised
from huiyin.consultations.enums import State
from huiyin.consultations.models import Consultation, Follower, Promise, Statement
from huiyin.kernel import clock, public_ids
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.notifications import operations as notifications
from huiyin.people import operations as people
from huiyin.people import queries as contacts

EVENT = "consultation_answered"


@transaction.atomic
def follow(row: Consultation, *, email: str, language: str, statement: Statement | None = None) -> Follower:
    """Keep an e-mail address, encrypted, until the answer was sent to it.

    Refuses (Invalid) what is no address, (Conflict) once the consultation is answered. Nothing leads
    from here to votes.
    """
    if row.state in (State.ANSWERED, State.ARCHIVED):
        raise Conflict(_("This consultation is answered already; the answer stands on its page."))
    if not email.strip():
        message = _("Write the e-mail address to which the answer shall go.")
        raise Invalid(message, fields={"email": message})
    contact = people.create_contact(email=email, wants_mail=True)
    return Follower.objects.create(
        consultation_id=row.pk,
        statement=statement,
        contact=contact,
        language=language,
        token=_stored(public_ids.token()),
    )


def check_email(email: str) -> None:
    """Refuse (Invalid) what is no e-mail address, before anything else is done."""
    people.check_contact(email=email, wants_mail=True)


def check(pk: int, *, token: str) -> Follower:
    """Whoever the link in a mail belongs to; refuses (Missing) a wrong link, or one whose address is gone."""
    row = Follower.objects.select_related("contact").filter(pk=pk, token=_stored(token)).first()
    if row is None:
        raise Missing(_("This address is not kept any more."))
    return row


@transaction.atomic
def stop(pk: int, *, token: str) -> None:
    """Forget an address, because the person followed the link in a mail. Refuses as `check`."""
    row = check(pk, token=token)
    notifications.forget_address(_reference(row))
    people.erase(row.contact, actor="person")


def tell_answered(row: Consultation) -> int:
    """Put a notice into the outbox for each who wanted to be told, in the caller's transaction; returns how many.

    Who wrote a statement reads what became of it. A job sends the notices after commit.
    """
    waiting = (
        row.followers.filter(told_at=None)
        .select_related("contact", "statement__answer__unit", "statement__answer__promise")
        .order_by("pk")
    )
    return _tell(row, waiting, lambda one: [_opening(row), *_about(one.statement)])


def tell_settled(row: Consultation, promise: Promise) -> int:
    """Let those who wanted to be told know what became of a promise, in the caller's transaction; returns how many.

    Told are those who wrote a statement that it answers, and those who asked in general. A job sends the notices.
    """
    concerned = Q(statement=None) | Q(statement__answer_id=promise.answer_id)
    waiting = row.followers.filter(concerned).select_related("contact", "statement").order_by("pk")
    return _tell(row, waiting, lambda one: _settled(row, one, promise))


def _tell(row: Consultation, waiting: Iterable[Follower], say: Callable[[Follower], list[str]]) -> int:
    told = 0
    for one in waiting:
        # Always the same link, so that the one in an earlier notice still works.
        token = public_ids.keyed_hash("follower-link", f"{one.pk}:{one.created_at.isoformat()}")
        with translation.override(one.language):
            _enqueue(row, one, token, say(one))
        one.told_at, one.token = clock.now(), _stored(token)
        one.save(update_fields=["told_at", "token"])
        told += 1
    return told


def forget(row: Consultation) -> int:
    """Delete the addresses of those who wanted to be told; returns how many."""
    kept = list(row.followers.select_related("contact"))
    for one in kept:
        notifications.forget_address(_reference(one))
        people.erase(one.contact, actor="system")
    return len(kept)


def _enqueue(row: Consultation, one: Follower, token: str, lines: list[str]) -> None:
    site = settings.HUIYIN_BASE_URL
    lines = [
        *lines,
        _("The whole answer: %(page)s") % {"page": f"{site}/consultations/{row.code}/"},
        _("You get this message because you asked for it. To have your address deleted at once: %(link)s")
        % {"link": f"{site}/told/{one.pk}/{token}/"},
    ]
    notifications.enqueue(
        EVENT,
        address=contacts.mail_address(one.contact),
        reference=_reference(one),
        subject=_("What became of the consultation"),
        body="\n\n".join(lines),
    )


def _opening(row: Consultation) -> str:
    return _("The consultation in which you took part is answered: %(question)s") % {
        "question": localised(row.questions)
    }


def _about(statement: Statement | None) -> list[str]:
    if statement is None:
        return []
    lines = [_("You wrote: %(statement)s") % {"statement": statement.text}]
    if statement.answer is not None:
        found = {
            "decision": statement.answer.get_decision_display(),
            "reason": localised(statement.answer.reasons),
            "unit": localised(statement.answer.unit.names),
        }
        lines.append(_("%(decision)s. %(reason)s (%(unit)s)") % found)
        promise = getattr(statement.answer, "promise", None)
        if promise is not None:
            lines.append(_promised(promise))
            lines.append(_("You will be told what becomes of this promise."))
    elif statement.removal_reason:
        lines.append(
            _("It was not shown to others: %(reason)s.") % {"reason": statement.get_removal_reason_display()}
        )
    return lines


def _settled(row: Consultation, one: Follower, promise: Promise) -> list[str]:
    lines = [
        _("A promise of the consultation in which you took part: %(question)s")
        % {"question": localised(row.questions)}
    ]
    if one.statement is not None:
        lines.append(_("You wrote: %(statement)s") % {"statement": one.statement.text})
    found = {"state": promise.seen.label, "words": localised(promise.outcomes)}
    lines += [_promised(promise), _("%(state)s. %(words)s") % found]
    return [*lines, promise.link] if promise.link else lines


def _promised(promise: Promise) -> str:
    return _("Promised by %(day)s: %(what)s") % {
        "day": formats.date_format(promise.due_on),
        "what": localised(promise.whats),
    }


def _reference(one: Follower) -> str:
    return f"follower:{one.pk}"


def _stored(token: str) -> str:
    return public_ids.keyed_hash("follower", token)
