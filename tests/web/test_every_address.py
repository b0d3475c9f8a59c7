"""Every address that needs nothing to be filled in, opened as everybody: never a fault."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from huiyin.accounts.enums import Role
from tests import factories

EXPECTED = {200, 302, 400, 401, 403, 404, 405, 409, 422}


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """The paths of all patterns without a variable part."""
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if any(letter in path for letter in "<(["):
            continue
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from addresses(entry, path)


@pytest.mark.parametrize("role", [None, *Role])
def test_no_address_ends_in_a_fault(role, transactional_db):
    unit = factories.unit()
    factories.filed(unit=unit)
    paths = sorted(set(addresses(get_resolver())))
    assert len(paths) > 60
    client = Client(raise_request_exception=False)
    if role:
        where = unit if role in {Role.OFFICER, Role.UNIT_HEAD} else None
        client.force_login(factories.user((role, where)))
    # A page that signs out would end the walk.
    found = {path: client.get(path).status_code for path in paths if "logout" not in path}
    wrong = {path: status for path, status in found.items() if status not in EXPECTED}
    assert not wrong
