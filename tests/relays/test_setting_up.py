"""Connecting a unit to another system: who may, what is refused, and what is shown of the key."""

import pytest
from django.core.cache import caches
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.relays import logic, operations, queries
from huiyin.relays.models import Connection
from tests import factories, staff
from tests.relays.setups import connected, setup


@pytest.fixture(autouse=True)
def _private(settings):
    settings.HUIYIN_REACH_PRIVATE = True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [({"endpoint": "ftp://x/"}, "url"), ({"endpoint": "nonsense"}, "url"), ({"codes": "a b c"}, "codes")],
)
def test_bad_connections_are_refused(given, field):
    with pytest.raises(Invalid) as raised:
        operations.connect(staff.a_unit().pk, setup=setup("http://127.0.0.1:1/", **given), actor="system")
    assert field in raised.value.fields
    assert not Connection.objects.exists()


@pytest.mark.django_db
def test_the_key_is_kept_and_shown_nowhere_and_a_unit_is_connected_once():
    row = connected("http://127.0.0.1:1/", api_key="secret-key")
    operations.change(row, setup=setup("http://127.0.0.1:2/", api_key=""), actor="system")
    row.refresh_from_db()
    assert (row.api_key, row.endpoint) == ("secret-key", "http://127.0.0.1:2/")
    assert "secret-key" not in str(list(Record.objects.values_list("data", flat=True)))
    browser = staff.browser()
    browser.force_login(staff.user(Role.ADMINISTRATOR))
    for name, args in (("connections", []), ("connection", [row.pk])):
        assert "secret-key" not in browser.get(reverse(f"manage:{name}", args=args)).content.decode()
    with pytest.raises(Conflict):
        connected("http://127.0.0.1:1/")


@pytest.mark.django_db
def test_only_who_manages_the_organisation_connects_units():
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Denied):
            operations.connect(
                staff.a_unit().pk,
                setup=setup("http://127.0.0.1:1/"),
                actor=staff.user(role, username=f"by-{role}"),
            )


@pytest.mark.django_db
def test_installations_without_connections_ask_nothing(django_assert_num_queries):
    case = factories.case()
    caches["local"].clear()
    assert queries.of_case(case, user=None) is None
    with django_assert_num_queries(0):
        assert queries.of_case(case, user=None) is None


def test_the_words_fit_the_limit_with_the_mark():
    facts = logic.Facts(number="12345678901", text="长" * 9_000, place="", point=None, service="x")
    sent_ = logic.form(facts, codes={}, default_code="d")
    assert len(sent_["description"]) == 4_000
    assert sent_["description"].endswith("[12345678901]")
    assert sent_ == {
        "service_code": "d",
        "description": sent_["description"],
        "address_string": "[12345678901]",
    }
