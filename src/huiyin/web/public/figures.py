"""How we are doing: the figures with their formulas, and the three of them on the home page."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.kernel.errors import Missing
from huiyin.scorecards import queries as scorecards
from huiyin.scorecards.enums import Period
from huiyin.scorecards.queries import RATES, Counts, Rate
from huiyin.web.components import access

TOO_FEW = "–"
EVERYBODY = access.public(reason="The figures are public.")


def _period(request: HttpRequest) -> Period:
    given = request.GET.get("period", "")
    return Period(given) if given in Period.values else Period.QUARTER


def _count(value: float) -> str:
    return number_format(value, 1 if value % 1 else 0, use_l10n=True)


def of_ten(rate: Rate, fewest: int) -> str:
    """Say "7 of 10", or a dash where there is too little to say so."""
    share = rate.share(fewest=fewest)
    return _("%(n)s of 10") % {"n": _count(round(share * 10, 1))} if share is not None else TOO_FEW


def percent(rate: Rate, fewest: int) -> str:
    """Say "71 %", or a dash where there is too little to say so."""
    share = rate.share(fewest=fewest)
    return f"{share * 100:.0f} %" if share is not None else TOO_FEW


def _in_time(before: str) -> str:
    """Compare with the period before only where there is something to compare with."""
    if before == TOO_FEW:
        return _("cases were answered in time.")
    return _("cases were answered in time; in the period before it was %(before)s.") % {"before": before}


def three(found: scorecards.Figures) -> list[dict[str, str]]:
    """The three figures of the home page, each with its formula and counts."""
    total, before, fewest = found.total, found.before, found.fewest
    return [
        {
            "value": of_ten(total.on_time, fewest),
            "sentence": _in_time(of_ten(before.on_time, fewest)),
            "formula": _(
                "Cases whose first answer came by the deadline, divided by the cases whose promised date fell in this "
                "period: %(part)s ÷ %(whole)s. Time in which the office waited for the person does not count."
            )
            % {"part": _count(total.in_time), "whole": _count(total.due)},
        },
        {
            "value": _("%(n)s days") % {"n": _count(round(total.median_days, 1))}
            if total.median_days is not None
            else "–",
            "sentence": _("from receiving to the first answer: half are quicker, half are slower."),
            "formula": _("Median over the %(whole)s answers of this period, in calendar days.")
            % {"whole": _count(total.answers)},
        },
        {
            "value": of_ten(total.resolution, fewest),
            "sentence": _("are solved, by the people's own word."),
            "formula": _(
                "(“solved” + half of “partly”) divided by all who gave their verdict: %(part)s ÷ %(whole)s. "
                "Silence is never counted as solved: %(silent)s answers got no verdict in time. %(excluded)s "
                "verdicts were left out, each with a reason and by two people."
            )
            % {
                "part": _count(total.resolution.part),
                "whole": _count(total.reached),
                "silent": _count(total.silent),
                "excluded": _count(total.excluded),
            },
        },
    ]


COLUMNS = (
    "received", "due", "in_time", "contacted_due", "contacted", "answers", "median_days", "yes", "partly", "no",
    "not_needed", "satisfied", "excluded", "silent", "called_in_vain", "waiting", "reopened", "reopenings",
    "sent_to", "returned",
)  # fmt: skip


@EVERYBODY
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """All figures of a period, per unit and service."""
    period = _period(request)
    found = scorecards.figures(period)
    if found is None:
        return render(request, "public/figures_later.html")
    context = {
        "period": period,
        "periods": Period.choices,
        "found": found,
        "three": three(found),
        "more": _more(found.total, found.fewest),
        "tables": [
            (_("By unit"), [_line(line, found.fewest) for line in found.units]),
            (_("By service"), [_line(line, found.fewest) for line in found.services]),
        ],
    }
    return render(request, "public/figures.html", context)


def _line(line: scorecards.Line, fewest: int) -> dict[str, Any]:
    counts = line.counts
    return {
        "name": line.name,
        "received": counts.received,
        "on_time": percent(counts.on_time, fewest),
        "due": counts.due,
        "in_time": counts.in_time,
        "median": f"{counts.median_days:.1f}" if counts.median_days is not None else "–",
        "resolution": percent(counts.resolution, fewest),
        "solved_part": _count(counts.resolution.part),
        "reached": counts.reached,
        "satisfaction": percent(counts.satisfaction, fewest),
        "satisfied": counts.satisfied,
        "reopening": percent(counts.reopening, fewest),
        "reopenings": counts.reopenings,
        "answers": counts.answers,
        "returning": percent(counts.returning, fewest),
        "returned": counts.returned,
        "sent_to": counts.sent_to,
        "silent": counts.silent,
        "excluded": counts.excluded,
    }


def _more(total: Counts, fewest: int) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value, "formula": formula}
        for name, value, formula in (*_rates(total, fewest), *_counted(total))
    ]


def _rates(total: Counts, fewest: int) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, Rate, str]] = [
        (
            _("First contact in time"),
            total.response,
            _("Contacted in time ÷ cases whose first contact fell due: %(part)s ÷ %(whole)s."),
        ),
        (
            _("Satisfied with the handling"),
            total.satisfaction,
            _("4 or 5 of 5 ÷ all who gave their verdict: %(part)s ÷ %(whole)s."),
        ),
        (
            _("Not reached"),
            total.not_reached,
            _(
                "Answers without a verdict in time ÷ these and those with one: %(part)s ÷ %(whole)s; counted apart."
            ),
        ),
        (
            _("Opened again"),
            total.reopening,
            _("Reopenings of the period ÷ answers of the period: %(part)s ÷ %(whole)s."),
        ),
        (
            _("Returned as not ours"),
            total.returning,
            _("Returns of the period ÷ cases sent to a unit in the period: %(part)s ÷ %(whole)s."),
        ),
    ]
    return [
        (name, percent(rate, fewest), formula % {"part": _count(rate.part), "whole": _count(rate.whole)})
        for name, rate, formula in rows
    ]


def _counted(total: Counts) -> list[tuple[str, str, str]]:
    verdicts = f"{total.yes} · {total.partly} · {total.no} · {total.not_needed}"
    return [
        (_("Cases received"), str(total.received), _("All cases of the period, whatever became of them.")),
        (
            _("Verdicts: solved, partly, not solved, no longer needed"),
            verdicts,
            _("As the people said themselves."),
        ),
        (
            _("Verdicts left out"),
            str(total.excluded),
            _("Not in any rate. Each was asked for with a reason by one and approved by another."),
        ),
        (
            _("Called back in vain"),
            str(total.called_in_vain),
            _(
                "Of those without a verdict: not reached after all attempts, wrong number, or did not want to answer."
            ),
        ),
    ]


@EVERYBODY
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The raw counts as CSV."""
    found = scorecards.figures(_period(request))
    if found is None:
        raise Missing(_("Nothing was counted yet. The first count is done within ten minutes."))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="figures.csv"'
    writer = csv.writer(response)
    rates = [f"{name}_{part}" for name in RATES for part in ("part", "whole")]
    writer.writerow(["group", "code", "name", *COLUMNS, *rates])
    writer.writerow(["all", "", "", *_raw(found.total)])
    for group, lines in (("unit", found.units), ("service", found.services)):
        for line in lines:
            writer.writerow([group, line.code, line.name, *_raw(line.counts)])
    return response


def _raw(counts: Counts) -> list[Any]:
    rates = [getattr(counts, name) for name in RATES]
    return [getattr(counts, name) for name in COLUMNS] + [
        n for rate in rates for n in (rate.part, rate.whole)
    ]
