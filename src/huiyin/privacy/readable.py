"""An export as a person reads it: one page with every case, and one line a case for a table. Values in, text out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

STYLE = (
    "body{font:16px/1.6 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:2rem auto;"
    "max-width:44rem;padding:0 1rem;color:#16211f}h2{margin-top:3rem;border-top:2px solid #0f5f5c;padding-top:1rem}"
    "dt{color:#53615e}dd{margin:0 0 .6rem}article{border-left:3px solid #cfd8d6;padding-left:1rem;margin:1rem 0}"
    "p.at{color:#53615e;margin:0}blockquote{margin:.2rem 0;white-space:pre-wrap;overflow-wrap:anywhere}"
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the export holds of one case."""

    case: Row
    data: dict[str, list[Row]]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Told:
        """From what `case.json` holds."""
        return cls(data["case"][0], {name: rows for name, rows in data.items() if isinstance(rows, list)})

    def rows(self, kind: str) -> list[Row]:
        """The rows of one kind; none where there are none."""
        return self.data.get(kind, [])

    def facts(self) -> list[tuple[str, str]]:
        """Names and values of what the case is about and how it stands."""
        case = self.case
        found = [
            (_("Received"), _moment(case["received_at"])),
            (_("About"), case["service"] or ""),
            (_("Unit"), case["unit"] or ""),
            (_("Where"), case["place_text"]),
            (_("State"), case["state_text"]),
            (_("Outcome"), case.get("outcome_text", "")),
            (_("Answer promised by"), _moment(case["promised_at"])),
            (_("Answered"), _moment(case["answered_at"])),
            *((str(row.get("label", "")), str(row.get("shown", ""))) for row in case["intake"]),
            *((field, row[name]) for row in self.rows("contact") for name, field in _contact() if row[name]),
        ]
        return [(name, value) for name, value in found if value]

    def talk(self) -> list[tuple[dt.datetime, str, str]]:
        """(when, who, text) of every letter and message, oldest first."""
        letters = [
            (row["sent_at"], row["unit"] or _("The office"), row["text"]) for row in self.rows("reply")
        ]
        own = [(row["created_at"], _("You"), row["text"]) for row in self.rows("message")]
        return sorted([(self.case["received_at"], _("You"), self.case["text"]), *letters, *own])

    def line(self) -> list[str]:
        """The cells of the table, in the order of `headings`."""
        case = self.case
        solved = ", ".join(row["solved_text"] for row in self.rows("verdict"))
        return [
            case["number"], _moment(case["received_at"]), case["service"] or "", case["unit"] or "", case["state_text"],
            case.get("outcome_text", ""), _moment(case["answered_at"]), solved, str(len(self.rows("storedfile"))),
        ]  # fmt: skip


def headings() -> list[str]:
    """The first line of the table."""
    return [
        _("Case number"), _("Received"), _("About"), _("Unit"), _("State"), _("Outcome"), _("Answered"),
        _("Your verdict"), _("Files"),
    ]  # fmt: skip


def page(told: Sequence[Told]) -> str:
    """All cases on one page, with links to their files; needs nothing but a browser."""
    title = _("Everything that is kept about your cases")
    body = format_html_join("\n", "{}", ((_case(one),) for one in told))
    return format_html(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width,initial-scale=1"><title>{}</title><style>{}</style></head><body><h1>{}</h1>{}</body></html>\n',
        translation.get_language() or "en",
        title,
        mark_safe(STYLE),
        title,
        body,
    )


def _case(one: Told) -> SafeString:
    number = one.case["number"]
    files = [(f"{number}/{row['path']}", row["name"]) for row in one.rows("storedfile") if row["path"]]
    looks = [(_moment(row["created_at"]), row["purpose"]) for row in one.rows("reveal")]
    verdicts = [
        (_moment(row["created_at"]), f"{row['solved_text']} · {row['satisfaction']}/5\n{row['text']}")
        for row in one.rows("verdict")
    ]
    return format_html(
        "<h2>{}</h2><dl>{}</dl><h3>{}</h3>{}{}{}{}",
        _("Case %(number)s") % {"number": number},
        format_html_join("", "<dt>{}</dt><dd>{}</dd>", one.facts()),
        _("What was said and written"),
        format_html_join(
            "",
            '<article><p class="at">{} · {}</p><blockquote>{}</blockquote></article>',
            ((_moment(at), who, text) for at, who, text in one.talk()),
        ),
        _part(_("Your verdict"), verdicts),
        _part(_("Who looked at your contact data"), looks),
        _files(files),
    )


def _part(title: str, rows: Sequence[tuple[str, str]]) -> SafeString:
    if not rows:
        return SafeString()
    told = format_html_join("", '<article><p class="at">{}</p><blockquote>{}</blockquote></article>', rows)
    return format_html("<h3>{}</h3>{}", title, told)


def _files(rows: Sequence[tuple[str, str]]) -> SafeString:
    if not rows:
        return SafeString()
    return format_html(
        "<h3>{}</h3><ul>{}</ul>",
        _("Files"),
        format_html_join("", '<li><a href="{}">{}</a></li>', ((_address(path), name) for path, name in rows)),
    )


def _address(path: str) -> SafeString:
    """A relative address; the name of a file can be anything."""
    return conditional_escape("/".join(quote(part) for part in path.split("/")))


def _moment(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at is not None else ""


def _contact() -> list[tuple[str, str]]:
    return [
        ("name", _("Your name")),
        ("phone", _("Phone number")),
        ("email", _("E-mail address")),
        ("address", _("Address")),
    ]
