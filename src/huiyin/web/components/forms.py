"""Forms in the markup of the component packages, and the date in three boxes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import renderers
from django.forms.boundfield import BoundWidget
from django.utils import translation
from django.utils.translation import gettext_lazy as _

_CLASSES = {
    "text": "govuk-input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "textarea": "govuk-textarea",
    "select": "govuk-select hy-select-wide",
    "file": "govuk-file-upload",
}


class Renderer(renderers.TemplatesSetting):
    """`{{ form }}` and `{{ form.field.as_field_group }}` come out as accessible components."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class Words(forms.CharField):
    """Free text as people send it: NUL characters, which no database keeps, are dropped instead of refused."""

    def to_python(self, value: Any) -> str:
        """The text without NUL."""
        return str(super().to_python(value) or "").replace("\x00", "")

    def run_validators(self, value: Any) -> None:
        """Validate what will be kept."""
        super().run_validators(str(value).replace("\x00", ""))


class DateParts(forms.MultiWidget):
    """A date as three boxes in the order of the language; works with an ordinary `forms.DateField`."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(dict.fromkeys(("year", "month", "day"), forms.TextInput), attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Year, month, day of a date or of what the person typed."""
        if isinstance(value, dt.date):
            return [value.year, value.month, value.day]
        parts = str(value).split("-", 2) if value else []
        return parts if len(parts) == 3 else [None, None, None]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """ISO text for DateField to parse; None when all three are empty."""
        parts = [str(part or "").strip() for part in super().value_from_datadict(data, files, name)]
        return "-".join(parts) if any(parts) else None


_DATE_WORDS = {"year": _("Year"), "month": _("Month"), "day": _("Day")}


def date_boxes(field: forms.BoundField) -> list[dict[str, Any]]:
    """The three boxes of a DateParts field with name, id, label, value and width, in reading order."""
    widget = field.field.widget
    values = dict(zip(("year", "month", "day"), widget.decompress(field.value()), strict=True))
    chinese = (translation.get_language() or "").startswith("zh")
    order = ("year", "month", "day") if chinese else ("day", "month", "year")
    return [
        {
            "name": f"{field.html_name}_{part}",
            "id": f"{field.auto_id}_{('year', 'month', 'day').index(part)}",
            "label": _DATE_WORDS[part],
            "value": values[part],
            "width": 4 if part == "year" else 2,
        }
        for part in order
    ]


def kind(field: forms.BoundField) -> str:
    """Which component a field is: one of the names in the table, else hidden or text."""
    widget = field.field.widget
    table: list[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], str]] = [
        (DateParts, "date"),
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Textarea, "textarea"),
        ((forms.Select, forms.SelectMultiple), "select"),
        (forms.FileInput, "file"),
        (forms.PasswordInput, "password"),
    ]
    if widget.is_hidden:
        return "hidden"
    return next((name for classes, name in table if isinstance(widget, classes)), "text")


def option_groups(field: forms.BoundField) -> list[tuple[str, list[BoundWidget]]]:
    """The options of a field whose choices are grouped, with the name of each group; empty where they are not."""
    choices = getattr(field.field, "choices", ())
    if not any(isinstance(options, list | tuple) for _name, options in choices):
        return []
    shown = iter(field.subwidgets)
    return [(str(name), [next(shown) for _option in options]) for name, options in choices]


def control(field: forms.BoundField) -> str:
    """The widget's own HTML with the class of its component."""
    name = kind(field)
    classes = [_CLASSES.get(name, ""), field.field.widget.attrs.get("class", "")]
    if field.errors and name in _CLASSES:
        classes.append(f"{_CLASSES[name].split()[0]}--error")
    if _counted(field):
        classes.append("govuk-js-character-count")
    attrs: dict[str, str | bool] = {"class": " ".join(part for part in classes if part)}
    return field.as_widget(attrs=attrs)


def limit(field: forms.BoundField) -> int | None:
    """The number of characters a text area admits, if it says."""
    return int(field.field.widget.attrs["maxlength"]) if _counted(field) else None


def focus_id(field: forms.BoundField) -> str:
    """Where a link in the error summary leads: the first thing in the field that takes focus."""
    return f"{field.auto_id}_0" if kind(field) in {"radios", "checkboxes", "date"} else str(field.auto_id)


def _counted(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.Textarea) and bool(field.field.widget.attrs.get("maxlength"))
