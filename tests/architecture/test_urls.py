"""Every address says who may open it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from huiyin.web.components import access

ROOT = Path(__file__).resolve().parents[2]


def patterns(
    resolver: URLResolver | None = None, prefix: str = "", namespaces: tuple[str, ...] = ()
) -> Iterator:
    for entry in (resolver or get_resolver()).url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = ":".join([*namespaces, entry.name or ""])
            yield here, name, entry.callback
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, here, inner)


def origin(view) -> str:
    return getattr(view, "view_class", view).__module__


ALL = list(patterns())
OURS = [entry for entry in ALL if origin(entry[2]).startswith("huiyin.")]


def test_there_are_addresses():
    assert len(ALL) > 20


@pytest.mark.parametrize(("route", "name", "view"), OURS, ids=[entry[0] or "/" for entry in OURS])
def test_our_screens_need_a_permission_or_give_a_reason(route, name, view):
    rule = getattr(view, access.ATTRIBUTE, None)
    assert rule, (
        f"/{route} ({origin(view)}) has none of @access.public, signed_in, requires: it opens to nobody"
    )
    assert rule.permissions or len(rule.reason) >= 8, (
        f"/{route}: say in a sentence why no permission is needed"
    )
    assert rule.needs_sign_in or not rule.permissions
    assert name.rpartition(":")[2], f"/{route} has no name"


def test_screens_of_others_are_signing_in_and_nothing_else():
    others = {origin(view).split(".")[0] for _route, _name, view in ALL} - {"huiyin"}
    assert others <= {"allauth", "django"}
    names = {name for _route, name, _view in ALL}
    assert set(access.THIRD_PARTY) <= names, "a name on the list of access.THIRD_PARTY does not exist"
    assert all(rule.reason for rule in access.THIRD_PARTY.values())
    assert not set(access.THIRD_PARTY) & {"account_signup", "socialaccount_signup", "account_email"}


def test_names_are_used_once():
    names = [name for _route, name, _view in OURS]
    assert sorted(names) == sorted(set(names))


def test_every_list_has_a_test_of_its_queries():
    """`constant_queries("desk:case_list", …)` in a test proves that a list of three costs what a list of one does."""
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    counted = set(re.findall(r'constant_queries\(\s*"([^"]+)"', tests))
    lists = {name for _route, name, _view in OURS if re.search(r"(^|_|:)(list|worklist)$", name)}
    assert lists <= counted, "lists without a test that uses the fixture constant_queries"
