"""Promises behind the answers of a consultation."""

from __future__ import annotations

from django.db.models import QuerySet

from huiyin.consultations.enums import PROMISING, Promised
from huiyin.consultations.models import Answer, Consultation, Promise
from huiyin.kernel.errors import Missing


def of(row: Consultation) -> QuerySet[Promise]:
    """All promises of a consultation, the next one due first."""
    return Promise.objects.filter(answer__consultation=row).select_related("unit", "answer")


def open_ones(row: Consultation) -> QuerySet[Promise]:
    """Those of which nobody has said yet what became of them."""
    return of(row).filter(state=Promised.OPEN)


def promising(row: Consultation) -> QuerySet[Answer]:
    """Answers that adopt something, with their promise and statements: behind each there may be a promise."""
    found = row.answers.filter(decision__in=PROMISING).select_related("promise__unit", "unit")
    return found.prefetch_related("statements")


def answer(row: Consultation, pk: int) -> Answer:
    """One answer of a consultation, with its promise; refuses Missing."""
    found = row.answers.select_related("promise__unit", "unit").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found
