"""Check your answers: what was entered, as a list with links to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huiyin.cases.enums import Anonymity
from huiyin.cases.operations import drafts
from huiyin.catalogue import queries as catalogue
from huiyin.places import queries as places
from huiyin.web.public.report import steps

if TYPE_CHECKING:
    from huiyin.web.public.report.draft import Report


def rows(report: Report) -> list[dict[str, Any]]:
    """One row per thing entered: key, value, link."""
    entered = report.entered
    found = [
        _row(_("What is the matter"), report.text, steps.MATTER),
        _row(
            _("What it is about"),
            _about(report),
            steps.SERVICE,
        ),
    ]
    found += [_row(answer["label"], answer["shown"], steps.QUESTIONS) for answer in entered.get("intake", [])]
    found.append(_row(_("Where"), _place(report) or _("Not given"), steps.PLACE))
    count = len(drafts.files(report.draft)) if report.draft else 0
    photos = ngettext("%(count)s file", "%(count)s files", count) % {"count": count} if count else _("None")
    found.append(_row(_("Photos and files"), photos, steps.FILES))
    if report.may_name_unit:
        unit = report.about_unit
        named = catalogue.localised(unit.names) if unit is not None else _("Not given")
        found.append(_row(_("Which office you complain about"), named, steps.CONTACT))
    found.append(_row(_("Who may know your name"), str(report.anonymity.label), steps.CONTACT))
    if report.anonymity is not Anonymity.NOBODY:
        given = [entered.get(name) for name in ("name", "phone", "email")]
        found.append(
            _row(_("How to reach you"), "\n".join(filter(None, given)) or _("Not given"), steps.CONTACT)
        )
        found.append(_row(_("How you hear from us"), _wishes(entered), steps.CONTACT))
    return found


def _wishes(entered: dict[str, Any]) -> str:
    ways = [
        _("By e-mail") if entered.get("wants_mail") else "",
        _("By text message") if entered.get("wants_sms") else "",
    ]
    shown = "\n".join(filter(None, ways))
    if not shown:
        return _("You look on your own page")
    return "\n".join([shown, _("At most once a day")]) if entered.get("daily") else shown


def _about(report: Report) -> str:
    if report.service is not None:
        return catalogue.service_name(report.service)
    if report.may_name_unit:
        return _("I complain about an office or the people who work there")
    return _("The office decides")


def _place(report: Report) -> str:
    entered = report.entered
    area = places.area(entered.get("area", ""))
    parts = [
        places.name(area, get_language() or "") if area else "",
        entered.get("place_text", ""),
        _("A point on the map") if entered.get("lat") is not None else "",
    ]
    return "\n".join(filter(None, parts))


def _row(key: str, value: str, step: str) -> dict[str, Any]:
    return {"key": key, "value": value, "href": steps.url(step), "action": _("Change")}
