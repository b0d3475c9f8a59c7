"""One case of one unit, and its officer."""

import pytest
from django.test import Client

from huiyin.accounts.enums import Role
from huiyin.people.operations import create_contact, purposes
from tests import factories


@pytest.fixture
def client():
    """A browser of somebody who reads English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def unit():
    return factories.unit(names={"en": "Lighting", "zh-hans": "照明科"})


@pytest.fixture
def officer(unit):
    return factories.user((Role.OFFICER, unit), name="林越")


@pytest.fixture
def case(unit):
    contact = create_contact(name="张三丰", phone="13812345678")
    return factories.case(unit=unit, contact=contact, place_text="东门", point=(26.08, 119.3))


@pytest.fixture
def purpose():
    """What contact data may be looked at for."""
    return purposes.create({"en": "Calling back", "zh-hans": "回电"}, actor="system")
