"""Telling the person and colleagues that something happened. The letter itself stays on the person's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.utils import timezone, translation

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Role
from huiyin.accounts.queries import absences
from huiyin.cases import permissions
from huiyin.cases.enums import ReplyKind
from huiyin.cases.operations import opening
from huiyin.cases.queries import notice_texts
from huiyin.catalogue.queries import localised
from huiyin.notifications import operations as notifications
from huiyin.notifications import queries as outbox
from huiyin.notifications.enums import Frequency, Via
from huiyin.notifications.operations import Hours
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.people import queries as people

if TYPE_CHECKING:
    from huiyin.accounts.models import User
    from huiyin.cases.models import Case

STOP = "stop-notices"
# Whoever files a case sits before the screen: the confirmation need not wait for the morning.
AT_ONCE = frozenset({"filed"})
# So many cases are named in one message to a colleague; the worklist has all of them.
MOST_NAMED = 20


@dataclass(frozen=True)
class _Reader:
    via: Via
    address: str
    language: str
    # Names of colleagues who are away and would have been told.
    instead_of: tuple[str, ...] = ()


def tell(case: Case, event: str) -> None:
    """Put a notice into the outbox for each way that the person chose: in the case's language, without its content.

    Part of the caller's transaction; a job sends it after commit, outside the quiet hours, or once a day for who
    wants that.
    """
    if not case.secret_hash:
        return
    contact = case.persons_contact
    addresses = {Via.EMAIL: people.mail_address(contact), Via.SMS: people.sms_number(contact)}
    hours = None if event in AT_ONCE else _hours(daily=people.wants_daily(contact))
    for via, address in addresses.items():
        if address:
            found = notice_texts.filled(
                notice_texts.words(event, via=via, language=case.language), _for_person(case, event, via)
            )
            notifications.enqueue(
                event,
                address=address,
                reference=case.number,
                subject=found.subject,
                body=found.body,
                via=via,
                hours=hours,
            )


def tell_staff(case: Case, event: str, *, users: Iterable[User]) -> None:
    """Tell colleagues of an event in a case by mail, each in their language and as often as they chose.

    `event` is one of `notice_texts.TO_STAFF`. Who stands in for somebody is told in their place, and the mail says so,
    and so is the unit's messenger group, if it has one. Of a confidential case only those hear who may open it, and
    nobody in their place. Part of the caller's transaction.
    """
    active = {user.pk: user for user in users if user.is_active}.values()
    readers = (
        [absences.Reader(user) for user in active if not permissions.is_closed_to(user, case)]
        if case.is_confidential
        else absences.readers(active)
    )
    for reader in readers:
        tell_reader(reader, event, [case])
    tell_room(event, [case])


def tell_reader(reader: absences.Reader, event: str, cases: Sequence[Case]) -> None:
    """Tell one colleague of an event in one or several cases of any units, in one mail, unless they want none."""
    user = reader.user
    if not cases or not user.email or not user.is_active or user.notices == Frequency.NEVER:
        return
    to = _Reader(Via.EMAIL, user.email, user.language or settings.LANGUAGE_CODE, reader.instead_of)
    _to_staff(cases, event, to, _hours(daily=user.notices == Frequency.DAILY))


def tell_room(event: str, cases: Sequence[Case]) -> None:
    """Tell the messenger group of a unit of an event in one or several of its cases, if it has such a group.

    It never hears of confidential cases.
    """
    cases = [case for case in cases if not case.is_confidential]
    room = outbox.room(cases[0].unit_id) if cases else ""
    if room:
        _to_staff(cases, event, _Reader(Via.CHAT, room, settings.LANGUAGE_CODE), _hours(daily=False))


def tell_unit(case: Case, event: str) -> None:
    """Tell the officer of a case, or everybody of its unit while it has none."""
    if case.officer is not None:
        tell_staff(case, event, users=[case.officer])
    elif case.unit_id is not None:
        tell_staff(case, event, users=accounts.staff_of_unit(case.unit_id))


def tell_unit_and_supervisors(case: Case, event: str) -> None:
    """Tell officer and head of the unit, and the supervisors: what the person did not accept concerns all of them."""
    officer = [case.officer] if case.officer is not None else []
    heads = accounts.holders(Role.UNIT_HEAD, unit_id=case.unit_id) if case.unit_id is not None else []
    tell_staff(case, event, users=[*officer, *heads, *accounts.holders(Role.SUPERVISOR)])


def stop_link(case: Case) -> str:
    """The address at which the person takes no more notices of this case, without opening it."""
    return f"{settings.HUIYIN_BASE_URL}/follow/stop/{signing.dumps(case.number, salt=STOP, compress=True)}/"


def case_of_stop_link(token: str) -> str | None:
    """The number of the case that a stop link belongs to, or None for a wrong one; it never grows old."""
    try:
        return str(signing.loads(token, salt=STOP))
    except signing.BadSignature:
        return None


def _hours(*, daily: bool) -> Hours:
    setting = organisations.settings()
    return Hours(
        quiet_from=int(setting[SettingKey.QUIET_FROM_HOUR]),
        quiet_until=int(setting[SettingKey.QUIET_UNTIL_HOUR]),
        daily=int(setting[SettingKey.DIGEST_HOUR]) if daily else None,
    )


def _for_person(case: Case, event: str, via: Via) -> dict[str, str]:
    site = settings.HUIYIN_BASE_URL
    # A link that opens the whole case goes by mail only; a text message may be read by others on the way.
    link = f"{site}/follow/link/{opening.link(case)}/" if via is Via.EMAIL else f"{site}/follow/"
    answer = (
        case.replies.filter(kind=ReplyKind.ANSWER).order_by("-sent_at", "-pk").first()
        if event == "answer"
        else None
    )
    return {
        "number": case.number,
        "link": link,
        "verdict": f"{site}/v/{case.number}-{opening.verdict_code(answer)}/" if answer is not None else link,
        "unit": localised(case.unit.names, case.language) if case.unit is not None else "",
        "stop": stop_link(case),
    }


def _to_staff(cases: Sequence[Case], event: str, to: _Reader, hours: Hours) -> None:
    """One message: the words of the event for each case, up to `MOST_NAMED` of them."""
    words = notice_texts.words(event, via=to.via, language=to.language)
    told = [notice_texts.filled(words, _for_staff(case, to.language)) for case in cases[:MOST_NAMED]]
    with translation.override(to.language):
        subject = told[0].subject
        parts = [one.body for one in told]
        if len(cases) > 1:
            subject = notice_texts.several(len(cases))
        if len(cases) > MOST_NAMED:
            parts.append(f"…\n{settings.HUIYIN_BASE_URL}/desk/")
        if to.instead_of:
            parts.append(notice_texts.instead_of(to.instead_of))
    notifications.enqueue(
        event,
        address=to.address,
        reference="",
        subject=subject,
        body="\n\n".join(parts),
        via=to.via,
        hours=hours,
    )


def _for_staff(case: Case, language: str) -> dict[str, str]:
    unit = case.unit
    return {
        "number": case.number,
        "link": f"{settings.HUIYIN_BASE_URL}/desk/cases/{case.number}/",
        "unit": localised(unit.names, language) if unit is not None else "",
        "deadline": f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}" if case.due_at is not None else "",
    }
