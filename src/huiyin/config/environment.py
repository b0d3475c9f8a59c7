"""Reading settings from the environment, with types and a message that names the variable."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}


def text(name: str, default: str = "") -> str:
    """Value of `name`, stripped; `default` if unset."""
    return os.environ.get(name, default).strip()


def flag(name: str) -> bool:
    """True for 1, true, yes, on; false if unset."""
    return text(name).lower() in TRUE


def integer(name: str, default: int) -> int:
    """Whole number; refuses anything else with the variable's name."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated list, blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """Absolute path of a folder."""
    return Path(text(name) or default).expanduser().resolve()


def database(url: str) -> dict[str, Any]:
    """Django's entry for `postgresql://user:password@host:port/name`; `?host=/run/…` names a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql://; Huiyin runs on PostgreSQL only."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "huiyin",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
