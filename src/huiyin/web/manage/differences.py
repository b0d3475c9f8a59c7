"""What differs between two versions of a service, in words that people read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huiyin.catalogue.enums import Kind, ServiceField, Urgency
from huiyin.catalogue.queries import history
from huiyin.organisations.enums import SettingKey
from huiyin.web.components import limits, punctuation
from huiyin.web.manage import fields

CLOCK_NAMES = {
    "sign_for": SettingKey.SIGN_FOR_LIMIT.label,
    "first_contact": SettingKey.FIRST_CONTACT_LIMIT.label,
    "answer": SettingKey.ORDINARY_LIMIT.label,
}


@dataclass(frozen=True)
class Told:
    """One difference in words; the first version has nothing before."""

    name: str
    before: str
    after: str


def tell(
    found: Iterable[history.Difference], units: Mapping[int, str], forms: Mapping[int, Any]
) -> list[Told]:
    """Differences in words. `units` holds names, `forms` the questions (as text) of the forms that are named."""
    return [
        Told(
            str(one.field.label),
            say(one.field, one.before, units, forms),
            say(one.field, one.after, units, forms),
        )
        for one in found
    ]


def say(which: ServiceField, value: Any, units: Mapping[int, str], forms: Mapping[int, Any]) -> str:
    """One value of a version as people read it; empty for nothing."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    named: dict[ServiceField, Callable[[], str]] = {
        ServiceField.UNIT_ID: lambda: units.get(value, "?"),
        ServiceField.FORM_ID: lambda: str(forms.get(value, "?")),
        ServiceField.KIND: lambda: str(dict(Kind.choices).get(value, value)),
        ServiceField.URGENCY: lambda: str(dict(Urgency.choices).get(value, value)),
        ServiceField.KEYWORDS: lambda: punctuation.listing(value),
        ServiceField.LIMITS: lambda: "\n".join(
            punctuation.labelled(CLOCK_NAMES.get(clock, clock), limits.words(text))
            for clock, text in value.items()
        ),
    }
    if which in named:
        return named[which]()
    if isinstance(value, dict):
        return "\n".join(punctuation.labelled(own, text) for own, text in fields.by_language(value))
    return str(value)
