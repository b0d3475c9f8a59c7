"""Reads about reply templates."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from huiyin.knowledge import logic
from huiyin.knowledge.models import ReplyTemplate

fill = logic.fill
left_open = logic.left_open
UnknownVariables = logic.UnknownVariables


def offered(
    *,
    service_id: int | None = None,
    state: str = "",
    language: str = "",
    unit_id: int | None = None,
    words: str = "",
) -> QuerySet[ReplyTemplate]:
    """Templates that fit a case, the most particular first: those for all services, states and units fit too."""
    rows = ReplyTemplate.objects.filter(is_active=True).filter(
        Q(service=None) | Q(service_id=service_id),
        Q(unit=None) | Q(unit_id=unit_id),
        Q(state="") | Q(state=state),
    )
    if language:
        rows = rows.filter(language=language)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(text__icontains=words))
    particular = Case(
        When(service__isnull=False, then=Value(0)),
        When(unit__isnull=False, then=Value(1)),
        When(~Q(state=""), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return rows.select_related("service__current", "unit").order_by(particular, "title")


def templates(words: str = "", *, language: str = "") -> QuerySet[ReplyTemplate]:
    """All templates, offered ones first, whose title or text holds `words`."""
    rows = ReplyTemplate.objects.select_related("service__current", "unit").order_by(
        "-is_active", "title", "pk"
    )
    if language:
        rows = rows.filter(language=language)
    return rows.filter(Q(title__icontains=words) | Q(text__icontains=words)) if words else rows


def template(pk: int) -> ReplyTemplate | None:
    """One template, or None."""
    return ReplyTemplate.objects.select_related("service__current", "unit").filter(pk=pk).first()
