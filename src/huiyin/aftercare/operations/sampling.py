"""Reading a sample of answers again: drawn by chance per unit, by somebody who had no part in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import Random, RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.aftercare import permissions
from huiyin.aftercare.enums import Finding
from huiyin.aftercare.models import Sample
from huiyin.audit import operations as audit
from huiyin.cases.queries import due
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey

if TYPE_CHECKING:
    from huiyin.accounts.models import User

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a second reader found, point by point."""

    answers_question: Finding
    says_done: Finding
    names_date: Finding
    remark: str = ""


@transaction.atomic
def draw() -> int:
    """Draw the set number of answers of last week for each unit, by chance; returns how many.

    Units for which that was done already are left alone, so that a job may repeat it.
    """
    monday = clock.today() - dt.timedelta(days=clock.today().weekday()) - WEEK
    begin = timezone.make_aware(dt.datetime.combine(monday, dt.time.min))
    answers = due.answers_between(begin, begin + WEEK).filter(sample=None)
    answers = answers.exclude(unit__in=Sample.objects.filter(week=monday).values("reply__unit"))
    by_chance = Window(RowNumber(), partition_by=F("unit"), order_by=Random().asc())
    most = int(organisations.setting(SettingKey.SAMPLED_ANSWERS))
    drawn = answers.annotate(place=by_chance).filter(place__lte=most)
    return len(
        Sample.objects.bulk_create(
            [Sample(reply=reply, week=monday) for reply in drawn.order_by("pk")], ignore_conflicts=True
        )
    )


@transaction.atomic
def review(sample_id: int, *, user: User, found: Review) -> Sample:
    """Keep what a second reader found; once.

    Refuses (Denied) whoever wrote the answer and everybody of a handling unit, (Conflict) what was read meanwhile,
    (Invalid) an overlong remark.
    """
    rows = Sample.objects.select_for_update(of=("self",)).select_related("reply__case")
    sample = rows.filter(pk=sample_id).first()
    if sample is None:
        raise Missing
    permissions.check_review(user, sample.reply.case)
    if sample.reviewed_at is not None:
        raise Conflict(_("Somebody has read this answer again in the meantime."))
    remark = found.remark.replace("\x00", "").strip()
    if len(remark) > 500:
        raise Invalid(
            _("At most %(most)s characters.") % {"most": 500}, fields={"remark": _("Shorten this.")}
        )
    sample.answers_question, sample.says_done = found.answers_question, found.says_done
    sample.names_date, sample.remark = found.names_date, remark
    sample.reviewer, sample.reviewed_at = user, clock.now()
    sample.save()
    audit.record("answer.reviewed", actor=f"user:{user.pk}", subject=f"case:{sample.reply.case_id}")
    return sample
