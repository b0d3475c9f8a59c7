"""Rules of filing on one screen: in their order, what each is worth, and switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.accounts.enums import Permission
from huiyin.catalogue.enums import Kind, Urgency
from huiyin.catalogue.queries import localised
from huiyin.kernel.errors import Invalid
from huiyin.triage.enums import Mode, Question
from huiyin.triage.operations import ruling
from huiyin.triage.queries import rules as queries
from huiyin.triage.queries import showing, trying
from huiyin.web.components import access, punctuation
from huiyin.web.manage import fields, pages, rule_form

if TYPE_CHECKING:
    from huiyin.triage.models import Rule

MANAGES = Permission.MANAGE_CATALOGUE
TAGS = {Mode.AUTOMATIC: "brand", Mode.PROPOSES: "info", Mode.OFF: ""}
MONTHS = (1, 3, 6, 12)


def crumb() -> pages.Crumb:
    """The list of rules."""
    return pages.Crumb(_("Rules of filing"), reverse("manage:rules"))


@require_GET
@access.requires(MANAGES)
def rules(request: HttpRequest) -> HttpResponse:
    """All rules from the top, each as a sentence."""
    kept = queries.kept()
    rows = [
        {
            "rule": row, "when": when(row), "then": then(row), "mode": Mode(row.mode).label,
            "tag": TAGS[Mode(row.mode)],
            "worth": _worth(*kept.get(row.pk, (0, 0))), "modes": [mode for mode in Mode if mode != row.mode],
        }
        for row in queries.rules()
    ]  # fmt: skip
    return render(request, "manage/rules.html", {"rows": rows, "crumbs": [pages.home()]})


def _worth(right: int, decided: int) -> str:
    if not decided:
        return _("nothing decided yet")
    said = ngettext(
        "kept in %(right)s of %(decided)s case", "kept in %(right)s of %(decided)s cases", decided
    )
    return said % {"right": right, "decided": decided}


def when(row: Rule) -> str:
    """The conditions of a rule in words."""
    parts: list[str] = []
    if row.words:
        words = punctuation.listing([_("“%(word)s”") % {"word": word} for word in row.words])
        parts.append(_("the text says %(words)s") % {"words": words})
    if row.service is not None:
        parts.append(_("service is %(name)s") % {"name": fields.service_name(row.service)})
    if row.unit is not None:
        parts.append(_("unit is %(name)s") % {"name": localised(row.unit.names)})
    if row.area is not None:
        parts.append(_("in %(name)s") % {"name": localised(row.area.names)})
    if row.kind:
        parts.append(_("kind is %(name)s") % {"name": Kind(row.kind).label})
    if row.weekdays:
        days = punctuation.listing([WEEKDAYS_ABBR[day] for day in row.weekdays])
        parts.append(_("on %(days)s") % {"days": days})
    if row.hour_from is not None or row.hour_until is not None:
        hours = {"from": row.hour_from or 0, "until": 24 if row.hour_until is None else row.hour_until}
        parts.append(_("between %(from)s and %(until)s o'clock") % hours)
    return punctuation.listing(parts)


def then(row: Rule) -> str:
    """What a rule proposes, in words."""
    parts: list[Any] = []
    if row.then_service is not None:
        parts.append(fields.service_name(row.then_service))
    if row.then_unit is not None:
        parts.append(localised(row.then_unit.names))
    if row.then_kind:
        parts.append(Kind(row.then_kind).label)
    if row.then_urgency:
        parts.append(Urgency(row.then_urgency).label)
    return punctuation.listing(parts)


@access.requires(MANAGES)
def new(request: HttpRequest) -> HttpResponse:
    """Write a rule; it proposes at once and is tried on the past on the next screen."""
    by = pages.actor(request)
    ask = pages.Asking(
        title=_("Add a rule"),
        button=_("Add the rule"),
        back=reverse("manage:rules"),
        intro=_(
            "Everything that you fill in must fit for the rule to hold. It only proposes until you switch it on."
        ),
        crumbs=[crumb()],
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        row = ruling.create_rule(rule_form.draft(values), actor=by)
        messages.success(request, _("The rule was added. This is what it would have done."))
        return redirect("manage:rule_try", row.pk)

    return pages.form(request, rule_form.RuleForm(pages.posted(request)), ask, act)


@access.requires(MANAGES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule."""
    row = pages.found(queries.rule(pk))
    by = pages.actor(request)
    ask = pages.Asking(
        title=_("Change the rule “%(name)s”") % {"name": row.name},
        button=_("Save"),
        back=reverse("manage:rules"),
        said=_("The rule was changed."),
        intro=_("A rule that files by itself only proposes after a change, until you switch it on again."),
        crumbs=[crumb()],
        extra={"also": pages.Crumb(_("Delete this rule"), reverse("manage:rule_remove", args=[pk]))},
    )
    given = rule_form.RuleForm(pages.posted(request), initial=rule_form.read(row))
    return pages.form(
        request, given, ask, lambda values: ruling.change_rule(pk, draft=rule_form.draft(values), actor=by)
    )


@access.requires(MANAGES)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a rule."""
    row = pages.found(queries.rule(pk))
    ask = pages.Asking(
        title=_("Delete the rule “%(name)s”?") % {"name": row.name},
        intro=_("What it decided stays decided, and stays in the figures."),
        button=_("Delete the rule"),
        back=reverse("manage:rules"),
        said=_("The rule was deleted."),
        crumbs=[crumb()],
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: ruling.remove_rule(pk, actor=pages.actor(request)))


@require_POST
@access.requires(MANAGES)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a rule up, or switch what it does."""
    wanted = request.POST.get("do", "")
    if wanted == "up":
        ruling.move_up(pk, actor=pages.actor(request))
    elif wanted in Mode.values:
        row = ruling.switch_rule(pk, mode=Mode(wanted), actor=pages.actor(request))
        said = _("The rule “%(name)s” now: %(mode)s.")
        messages.success(request, said % {"name": row.name, "mode": Mode(row.mode).label})
    else:
        raise Invalid(_("Choose what the rule shall do."))
    return redirect("manage:rules")


@require_GET
@access.requires(MANAGES)
def dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What the rule would have sent where in the last months, and how often officers decided otherwise."""
    row = pages.found(queries.rule(pk))
    wanted = request.GET.get("months", "")
    months = int(wanted) if wanted in {str(count) for count in MONTHS} else 3
    tried = trying.run(row, months=months)
    context = {
        "rule": row, "when": when(row), "then": then(row), "tried": tried, "months": months, "choices": MONTHS,
        "lines": [_line(tried, question) for question in tried.says if question != Question.URGENCY],
        "crumbs": [pages.home(), crumb()],
    }  # fmt: skip
    return render(request, "manage/rule_try.html", context)


def _line(tried: trying.Tried, question: Question) -> dict[str, Any]:
    return {
        "question": question.label,
        "says": showing.name_of(question, tried.says[question]),
        "otherwise": tried.otherwise[question],
        "percent": tried.percent_otherwise(question),
        "elsewhere": [
            (showing.name_of(question, value) if value else _("nothing chosen"), count)
            for value, count in tried.elsewhere[question]
        ],
    }
