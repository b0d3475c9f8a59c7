"""The form of one question."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.questionnaires import queries
from huiyin.questionnaires.enums import QuestionType
from huiyin.web.components.context import OWN_NAMES
from huiyin.web.manage import fields

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class QuestionForm(fields.TextsForm):
    texts = {
        "labels": fields.Texts(_("Question"), longest=300, is_required=True),
        "hint": fields.Texts(_("Hint"), longest=600, rows=2),
    }
    field_order = ["labels", "code", "type", "options", "rules", "shown_if", "hint"]
    code = forms.RegexField(
        r"\A[a-z][a-z0-9_]{0,39}\Z",
        label=_("Code"),
        help_text=_("Small letters, digits and underscores. It names the column in exports."),
        max_length=40,
    )
    type = forms.ChoiceField(
        label=_("Kind of answer"), choices=QuestionType.choices, widget=forms.RadioSelect
    )
    options = forms.CharField(
        label=_("Options, for “one of” and “several of”"),
        help_text=_("One per line: code | %(names)s. Example: dark | 不亮 | 不亮 | Dark")
        % {"names": " | ".join(OWN_NAMES.get(code, code) for code in LANGUAGES)},
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=12_000,
        required=False,
    )
    rules = forms.MultipleChoiceField(
        label=_("Rules"),
        choices=[("required", _("Must be answered"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    shown_if = forms.ChoiceField(label=_("When it is asked"), required=False)

    def __init__(self, *args: Any, own: dict[str, Any] | None, earlier: Any, **kwargs: Any) -> None:
        row = own or {}
        condition = row.get("shown_if")
        initial = {
            **row,
            "options": "\n".join(_line(option) for option in row.get("options", [])),
            "rules": ["required"] if row.get("required") else [],
            "shown_if": f"{condition['code']}={condition['equals']}" if condition else "",
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["shown_if"].choices = _conditions(earlier)  # type: ignore[attr-defined]

    def row(self) -> dict[str, Any]:
        """The question in its stored form."""
        values = self.cleaned_data
        code, _equals, value = values["shown_if"].partition("=")
        choice = values["type"] in queries.CHOICES
        return {
            "code": values["code"],
            "type": values["type"],
            "labels": values["labels"],
            "hint": values["hint"],
            "required": "required" in values["rules"],
            "options": [_option(line) for line in values["options"].splitlines() if line.strip()]
            if choice
            else [],
            "shown_if": {"code": code, "equals": value} if code else None,
        }


def _line(option: dict[str, Any]) -> str:
    return " | ".join([option["code"], *(option["labels"].get(code, "") for code in LANGUAGES)])


def _option(line: str) -> dict[str, Any]:
    code, *labels = (part.strip() for part in re.split(r"[|｜]", line))
    return {"code": code, "labels": dict(zip(LANGUAGES, labels, strict=False))}


def _conditions(earlier: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("", _("Always"))]
    for question in earlier:
        for value in question.values():
            words = {
                "question": question.label(fields.language()),
                "answer": question.value_label(value, fields.language()),
            }
            found.append((f"{question.code}={value}", _("If “%(question)s” is “%(answer)s”") % words))
    return found
