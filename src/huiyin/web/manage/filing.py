"""How filing proposals do: models, figures by service, unit and month, and thresholds per service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET

from huiyin.accounts.enums import Permission
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.queries import history, localised
from huiyin.organisations import queries as organisations
from huiyin.triage.enums import Mode, Question
from huiyin.triage.operations import ruling
from huiyin.triage.queries import figures, rules, trained
from huiyin.web.components import access
from huiyin.web.manage import fields, pages

MANAGES = Permission.MANAGE_CATALOGUE


def crumb() -> pages.Crumb:
    """The screen of figures."""
    return pages.Crumb(_("Filing proposals"), reverse("manage:filing"))


@require_GET
@access.requires(MANAGES)
def filing(request: HttpRequest) -> HttpResponse:
    """Sentences before tables: how often proposals were kept, by what, and which models are in use."""
    questions = figures.by_question()
    headers = [
        _("Trained"), _("For"), _("Cases"), _("Newest cases that judged"), _("Right"), _("Before"),
        _("Calibration error"), _("State"),
    ]  # fmt: skip
    context = {
        "crumbs": [pages.home()],
        "questions": [(Question(line.key).label, line) for line in questions],
        "tables": [_services(), _units(), _months()],
        "models": _models(headers),
        "model_headers": headers,
        "health": trained.health(),
        "reviews": figures.reviews_waiting(),
    }
    return render(request, "manage/filing.html", context)


Named = list[tuple[pages.Cell, figures.Line, list[pages.Cell]]]


def _table(caption: Any, first: Any, rows: Named, *more: Any) -> dict[str, Any]:
    headers = [
        first, _("Decided"), _("Proposal kept"), _("Decided otherwise"), _("Left as it was"), _("By itself"), *more
    ]  # fmt: skip
    cells = [[name, *_numbers(line), *extra] for name, line, extra in rows]
    return {
        "caption": caption,
        "headers": headers,
        "rows": [list(zip(headers, row, strict=True)) for row in cells],
    }


def _numbers(line: figures.Line) -> list[pages.Cell]:
    kept = f"{line.percent} %" if line.percent is not None else "–"
    return [
        pages.Cell(line.decided, numeric=True),
        pages.Cell(kept, numeric=True),
        pages.Cell(line.changed, numeric=True),
        pages.Cell(line.ignored, numeric=True),
        pages.Cell(line.automatic, numeric=True),
    ]


def _services() -> dict[str, Any]:
    lines = {line.key: line for line in figures.by_service()}
    known = rules.thresholds()
    services = catalogue.leaves(catalogue.services())
    order = sorted(services, key=lambda row: -(lines[row.pk].decided if row.pk in lines else 0))
    none = figures.Line(None, 0, 0, 0, 0, 0)
    rows = [
        (
            pages.Cell(fields.service_name(row)),
            lines.get(row.pk, none),
            [pages.Cell(_threshold(known.get(row.pk)), href=reverse("manage:threshold", args=[row.code]))],
        )
        for row in order
    ]
    return _table(_("By service"), _("Service"), rows, _("Files by itself"))


def _threshold(row: Any) -> str:
    if row is None or row.mode != Mode.AUTOMATIC:
        return _("no; stopped by reviews") if row is not None and row.stopped_at else _("no")
    return _("from %(percent)s %%") % {"percent": row.percent}


def _units() -> dict[str, Any]:
    names = organisations.receiving_names()
    rows: Named = [
        (pages.Cell(localised(names.get(line.key, {})) or _("a closed unit")), line, [])
        for line in figures.by_unit()
    ]
    return _table(_("By unit"), _("Unit"), rows)


def _months() -> dict[str, Any]:
    rows: Named = [
        (pages.Cell(date_format(timezone.localtime(line.key), "YEAR_MONTH_FORMAT")), line, [])
        for line in figures.by_month()
    ]
    return _table(_("By month"), pgettext("of the year", "Month"), rows)


def _models(headers: list[str]) -> list[list[tuple[str, pages.Cell]]]:
    return [list(zip(headers, _model(row), strict=True)) for row in figures.models()]


def _model(row: Any) -> list[pages.Cell]:
    return [
        pages.Cell(date_format(timezone.localtime(row.created_at), "SHORT_DATETIME_FORMAT")),
        pages.Cell(Question(row.question).label),
        pages.Cell(row.cases, numeric=True),
        pages.Cell(row.held_out, numeric=True),
        pages.Cell(f"{row.accuracy:.1%}", numeric=True),
        pages.Cell("–" if row.accuracy_before is None else f"{row.accuracy_before:.1%}", numeric=True),
        pages.Cell(f"{row.calibration_error:.3f}", numeric=True),
        pages.Cell(_("in use"), tag="kept") if row.is_in_use else pages.Cell(_("not in use")),
    ]


class ThresholdForm(forms.Form):
    percent = forms.IntegerField(
        label=gettext_lazy("From this probability (percent)"), min_value=50, max_value=100, initial=97
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Cases without a service"),
        choices=[
            (Mode.OFF.value, gettext_lazy("wait for a dispatcher")),
            (Mode.AUTOMATIC.value, gettext_lazy("are filed here by themselves")),
        ],
        widget=forms.RadioSelect,
    )
    sample_percent = forms.IntegerField(
        label=gettext_lazy("Share that people look at (percent)"), min_value=1, max_value=100, initial=10
    )
    most_disagreement = forms.IntegerField(
        label=gettext_lazy("It stops when more of them than this were wrong (percent)"),
        min_value=0,
        max_value=100,
        initial=10,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("percent", "sample_percent", "most_disagreement"):
            self.fields[name].widget.attrs["class"] = "govuk-input--width-4"


@access.requires(MANAGES)
def threshold(request: HttpRequest, code: str) -> HttpResponse:
    """From which probability on cases are filed under a service by themselves."""
    service = pages.found(history.any_service(code))
    row = rules.threshold(service.pk)
    by = pages.actor(request)
    names = ("percent", "sample_percent", "most_disagreement")
    initial = {name: getattr(row, name) for name in names} if row is not None else {}
    is_on = row is not None and row.mode == Mode.AUTOMATIC
    ask = pages.Asking(
        title=_("File under %(service)s by itself?") % {"service": fields.service_name(service)},
        intro=_(
            "Only cases for which the person chose no service, and only on proposals from earlier decisions or words. "
            "Each is marked in its timeline."
        ),
        button=_("Save"),
        back=reverse("manage:filing"),
        said=_("Saved. It holds from the next case on."),
        crumbs=[crumb()],
    )

    def act(values: dict[str, Any]) -> None:
        mode = Mode(values.pop("mode"))
        ruling.set_threshold(service, mode=mode, actor=by, **values)

    start = initial | {"mode": Mode.AUTOMATIC.value if is_on else Mode.OFF.value}
    return pages.form(request, ThresholdForm(pages.posted(request), initial=start), ask, act)
