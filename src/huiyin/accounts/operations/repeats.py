"""Requests of programs that may be sent twice and happen once: the answer is kept for a day under their mark."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiyin.accounts.models import GivenAnswer
from huiyin.kernel import clock
from huiyin.kernel.errors import Invalid

LONGEST_MARK = 255


@dataclass(frozen=True)
class Answer:
    """What a program was told."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class OtherRequest(Invalid):
    """The mark was used for another request."""

    code = "mark_used"


def once(program_id: int, *, mark: str, fingerprint: str, act: Callable[[], Answer]) -> tuple[Answer, bool]:
    """What `act` answers, and whether that was given before. Act and answer are stored together or not at all.

    Without a mark it is simply done, in its own transaction. With one, a second request of the program with the same
    mark and fingerprint gets the first one's answer; if both come at the same moment, the second waits. What was
    refused is not kept: it may be mended and sent again. Refuses (OtherRequest) the mark of another request, and
    (Invalid) an overlong one.
    """
    if not mark:
        return act(), False
    if len(mark) > LONGEST_MARK or not mark.isprintable():
        raise Invalid(
            _("An Idempotency-Key has at most %(most)s printable characters.") % {"most": LONGEST_MARK}
        )
    with transaction.atomic():
        pk = _claim(program_id, mark, fingerprint)
        if pk is None:
            return _kept(program_id, mark, fingerprint), True
        answer = act()
        GivenAnswer.objects.filter(pk=pk).update(
            answer=json.dumps([answer.status, answer.body, dict(answer.headers)])
        )
    return answer, False


def forget_older_than(age: dt.timedelta) -> int:
    """Remove answers given before `age` ago; returns how many."""
    gone, _rows = GivenAnswer.objects.filter(created_at__lt=clock.now() - age).delete()
    return gone


def _claim(program_id: int, mark: str, fingerprint: str) -> int | None:
    """Take the mark; waits for whoever takes it at this moment. None where it is taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_givenanswer (created_at, program_id, mark, fingerprint, answer)
               VALUES (%s, %s, %s, %s, '') ON CONFLICT (program_id, mark) DO NOTHING RETURNING id""",
            [clock.now(), program_id, mark, fingerprint],
        )
        row = cursor.fetchone()
        return int(row[0]) if row else None


def _kept(program_id: int, mark: str, fingerprint: str) -> Answer:
    row = GivenAnswer.objects.get(program_id=program_id, mark=mark)
    if row.fingerprint != fingerprint:
        raise OtherRequest(
            _("This Idempotency-Key was used for another request. Take a new one for every request.")
        )
    status, body, headers = json.loads(row.answer)
    return Answer(status, body, headers)
