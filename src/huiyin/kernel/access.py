"""The mark by which a view says who may open it. `web.components.access` reads it, and explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

View = Callable[..., Any]
ATTRIBUTE = "huiyin_access"


@dataclass(frozen=True)
class Rule:
    """A screen is for everybody, for everybody who is signed in, or for holders of any one of `permissions`."""

    reason: str = ""
    needs_sign_in: bool = True
    permissions: tuple[Any, ...] = ()


def marked(rule: Rule) -> Callable[[View], View]:
    """A decorator that leaves `rule` on a view."""

    def decorate(view: View) -> View:
        setattr(view, ATTRIBUTE, rule)
        return view

    return decorate


def public(*, reason: str) -> Callable[[View], View]:
    """Open to everybody; the reason says why, and is printed on the page of all addresses.

    Also for programs: they show a key instead of signing in, and the view asks for it.
    """
    return marked(Rule(reason=reason, needs_sign_in=False))
