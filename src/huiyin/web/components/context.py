"""What every template may use besides its own context."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def city(_request: HttpRequest) -> dict[str, Any]:
    """`city`: its name in the reader's language; `is_demo`; `languages`: (code, own name, current or not)."""
    current = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "city": city_name(current),
        "is_demo": settings.HUIYIN_DEMO,
        "languages": [
            {
                "code": code,
                "name": OWN_NAMES.get(code, name),
                "tag": html_tag(code),
                "current": code == current,
            }
            for code, name in settings.LANGUAGES
        ],
    }


def city_name(language: str) -> str:
    """The installation's name in `language`, else in the first language that has one."""
    names: Mapping[str, str] = settings.HUIYIN_CITY_NAME
    return names.get(language) or next((name for name in names.values() if name), "")


def html_tag(language: str) -> str:
    """Django's language code as HTML wants it: zh-hans is zh-Hans."""
    base, _, script = language.partition("-")
    return f"{base}-{script.title()}" if len(script) == 4 else language


# A language is listed in its own words whatever the page's language is, so these are never translated.
OWN_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
