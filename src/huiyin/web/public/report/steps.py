"""The steps of the form in their order; which ones there are depends on the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from huiyin.web.public.report.draft import Report

MATTER, SERVICE, QUESTIONS, PLACE, FILES, CONTACT, CHECK = (
    "matter", "service", "questions", "place", "files", "contact", "check",
)  # fmt: skip


def steps(report: Report) -> list[str]:
    """The steps for this report; questions only where the service has some."""
    asks = [QUESTIONS] if report.questions else []
    return [MATTER, SERVICE, *asks, PLACE, FILES, CONTACT, CHECK]


def first_open(report: Report) -> str:
    """The first step that must be done before the others make sense."""
    if not report.text:
        return MATTER
    if "service" not in report.entered:
        return SERVICE
    if report.questions and report.entered.get("asked") != report.entered["service"]:
        return QUESTIONS
    return CHECK


def url(step: str) -> str:
    """Address of a step."""
    return reverse(f"public:report_{step}")


def next_url(report: Report, step: str) -> str:
    """Where to go after `step`."""
    order = steps(report)
    return url(order[min(order.index(step) + 1, len(order) - 1)])


def frame(report: Report, step: str) -> dict[str, object]:
    """What every step's page shows: progress, and the way back."""
    order = steps(report)
    place = order.index(step)
    back = url(order[place - 1]) if place else reverse("public:home")
    return {"step": place + 1, "total": len(order), "back": back, "report": report}
