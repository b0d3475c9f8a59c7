"""Tags and filters of all templates: ``{% load huiyin %}``."""

import datetime as dt
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from huiyin.kernel import clock
from huiyin.web.components import access, dates, deadlines
from huiyin.web.components import context as site
from huiyin.web.components import forms as fields
from huiyin.web.components import words as component_words

register = template.Library()


@register.simple_tag
def html_lang() -> str:
    """The page's language as HTML writes it, for `<html lang>`."""
    return site.html_tag(get_language() or "en")


@register.filter
def html_language(code: str) -> str:
    """A language code as HTML writes it, for text in another language than the page."""
    return site.html_tag(code)


@register.simple_tag
def script_words() -> SafeString:
    """The words that components write by script, as a data block."""
    return json_script(component_words.collect(), "huiyin-words")


@register.filter
def day(value: dt.date | None) -> str:
    """“Mon 23 Nov 2026”, “11月23日 周一”; empty for nothing."""
    if value is None:
        return ""
    return dates.day_words(_local_day(value), this_year=clock.today().year)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """The day with the time; empty for nothing."""
    return dates.moment_words(value, this_year=clock.today().year) if value else ""


@register.simple_tag
def when(value: dt.date | None) -> str:
    """A `<time>` with the day, and the clock time if the value has one."""
    if value is None:
        return ""
    text = moment(value) if isinstance(value, dt.datetime) else day(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.inclusion_tag("components/deadline.html")
def deadline(
    due: dt.datetime | None,
    *,
    met: dt.datetime | None = None,
    paused: bool = False,
    working_days: int | None = None,
) -> dict[str, Any]:
    """A deadline badge: icon and words, never colour alone."""
    state = deadlines.words(due, now=clock.now(), met=met, paused=paused, working_days=working_days)
    return {"deadline": state, "due": due}


@register.inclusion_tag("components/nav_item.html", takes_context=True)
def nav_item(context: template.Context, view: str, text: str, style: str = "service") -> dict[str, Any]:
    """One entry of a navigation; nothing if the view does not exist in this installation.

    The entry is current on its own page and on pages below its address.
    """
    try:
        href = reverse(view)
    except NoReverseMatch:
        return {}
    if not _opens(context, href):
        return {}
    path = getattr(context.get("request"), "path", "")
    current = path == href or (href.count("/") > 2 and path.startswith(href))
    return {"href": href, "text": text, "style": style, "current": current}


def _opens(context: template.Context, href: str) -> bool:
    """Whether an address opens to the reader; nothing is offered that would be denied."""
    match = resolve(href)
    rule = access.rule_of(match.func, match.view_name)
    return rule is None or not rule.needs_sign_in or access.allows(rule, context.get("user"))


@register.filter
def kind(field: forms.BoundField) -> str:
    """Which component a form field is."""
    return fields.kind(field)


@register.filter
def option_groups(field: forms.BoundField) -> list[tuple[str, list[Any]]]:
    """The options of a field by group; empty where its choices are not grouped."""
    return fields.option_groups(field)


@register.filter
def control(field: forms.BoundField) -> str:
    """The field's own input, dressed."""
    return fields.control(field)


@register.filter
def limit(field: forms.BoundField) -> int | None:
    """Characters a text area admits."""
    return fields.limit(field)


@register.filter
def focus_id(field: forms.BoundField) -> str:
    """Id that a link in the error summary leads to."""
    return fields.focus_id(field)


@register.filter
def date_boxes(field: forms.BoundField) -> list[dict[str, Any]]:
    """The three boxes of a date."""
    return fields.date_boxes(field)


@register.filter
def pages(page: Page[Any]) -> list[Any]:
    """Page numbers to show, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.filter
def steps(total: int) -> range:
    """1 to `total`, for the progress bar."""
    return range(1, int(total) + 1)


@register.simple_block_tag
def scrolling(content: SafeString, caption: str) -> SafeString:
    """Let a wide table scroll sideways by itself; `caption` names it for readers by ear."""
    return format_html(
        '<div class="hy-table-scroll" role="region" aria-label="{}" tabindex="0">{}</div>', caption, content
    )


def _local_day(value: dt.date) -> dt.date:
    return timezone.localdate(value) if isinstance(value, dt.datetime) else value
