import pytest

from tests import staff
from tests.factories import manage


@pytest.fixture
def city(db):
    """A small city with one of everything, and its administrator."""
    return manage.city()


@pytest.fixture
def client(city):
    """The administrator's browser."""
    browser = staff.browser()
    browser.force_login(city.administrator)
    return browser
