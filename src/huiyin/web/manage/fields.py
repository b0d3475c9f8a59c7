"""Form fields of Manage: texts by language, units, services, areas."""

from typing import Any, ClassVar, NamedTuple, cast

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.queries import history
from huiyin.kernel.errors import Text
from huiyin.organisations import queries as organisations
from huiyin.web.components.context import OWN_NAMES

CODE_HINT = _("Small letters, digits and hyphens. It appears in addresses and exports and never changes.")


class Texts(NamedTuple):
    """A text in every language of the installation, as one value of the form: {"zh-hans": …}."""

    label: Text
    longest: int = 100
    rows: int = 0
    hint: Text = ""
    # The main language of the installation must be given; the others may be.
    is_required: bool = False


class TextsForm(forms.Form):
    """A form whose `texts` become one field per language, and one dictionary in `cleaned_data`."""

    texts: ClassVar[dict[str, Texts]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = dict(kwargs.pop("initial", None) or {})
        for name in self.texts:
            for language, text in (given.pop(name, None) or {}).items():
                given[f"{name}_{language}"] = text
        kwargs["initial"] = given
        super().__init__(*args, **kwargs)
        order = list(self.field_order or [*self.texts, *self.fields])
        for name, spec in self.texts.items():
            self.fields.update(_language_fields(name, spec))
        self.order_fields([own for name in order for own in self._names(name)])

    def _names(self, name: str) -> list[str]:
        return [f"{name}_{code}" for code, _name in settings.LANGUAGES] if name in self.texts else [name]

    def clean(self) -> dict[str, Any]:
        """Put the languages of each text together again."""
        values = super().clean() or self.cleaned_data
        for name in self.texts:
            parts = {code: values.pop(f"{name}_{code}", "") for code, _name in settings.LANGUAGES}
            values[name] = {code: text for code, text in parts.items() if text}
        return values


def _language_fields(name: str, spec: Texts) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for index, (code, own) in enumerate(settings.LANGUAGES):
        widget: forms.Widget = forms.Textarea(attrs={"rows": spec.rows}) if spec.rows else forms.TextInput()
        found[f"{name}_{code}"] = forms.CharField(
            label=format_lazy("{} ({})", spec.label, OWN_NAMES.get(code, str(own))),
            max_length=spec.longest,
            required=spec.is_required and code == settings.LANGUAGE_CODE,
            widget=widget,
            help_text="" if index else cast("str", spec.hint),
        )
    return found


class UnitField(forms.TypedChoiceField):
    """One of the units, by name; nothing chosen is None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=unit_choices, coerce=int, empty_value=None, **options)


class ServiceField(forms.TypedChoiceField):
    """One of the services, indented as in the tree; nothing chosen is None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=service_choices, coerce=int, empty_value=None, **options)


class CalendarField(forms.TypedChoiceField):
    """One of the calendars; nothing chosen is None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=calendar_choices, coerce=int, empty_value=None, **options)


def unit_choices() -> list[tuple[Any, Any]]:
    """All units for a select box."""
    rows = [(row.pk, catalogue.localised(row.names) or row.code) for row in organisations.units()]
    return [("", _("None")), *sorted(rows, key=lambda pair: str(pair[1]))]


def service_choices() -> list[tuple[Any, Any]]:
    """All services for a select box."""
    rows = [(row.pk, "　" * depth + service_name(row)) for row, depth in history.all_services()]
    return [("", _("None")), *rows]


def calendar_choices() -> list[tuple[Any, Any]]:
    """All calendars for a select box."""
    return [("", _("The default calendar")), *((row.pk, row.name) for row in organisations.calendars())]


def service_name(row: Any) -> str:
    """A service's public name in the reader's language, else its code."""
    return (catalogue.localised(row.current.public_names) if row.current else "") or row.code


def by_language(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of a language's own name and the text in it, for the languages that have one."""
    return [
        (OWN_NAMES.get(code, str(own)), texts[code]) for code, own in settings.LANGUAGES if texts.get(code)
    ]


def language() -> str:
    """The reader's language."""
    return translation.get_language() or ""
