"""Addresses of desk screens, and what a form of theirs carries."""

from django.urls import reverse

from huiyin.cases.models import Case


def address(case, name="case", *more):
    return reverse(f"desk:{name}", args=[case.number, *more])


def sent(case, **data):
    row = Case.objects.get(pk=case.pk)
    return {"revision": row.revision, "seen": row.events.order_by("-pk")[0].pk} | data
