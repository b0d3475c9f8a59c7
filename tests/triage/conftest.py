"""Two services with their words and units, and somebody to dispatch."""

import pytest

from huiyin.accounts.enums import Role
from tests import factories


@pytest.fixture
def lights(db):
    return factories.service(
        unit=factories.unit(names={"en": "Lighting", "zh-hans": "照明科"}), code="lights",
        public_names={"zh-hans": "路灯", "en": "Street light"}, keywords=["路灯", "不亮", "灯杆"],
    )  # fmt: skip


@pytest.fixture
def noise(db):
    return factories.service(
        unit=factories.unit(names={"en": "Environment", "zh-hans": "环保科"}), code="noise",
        public_names={"zh-hans": "噪音", "en": "Noise"}, keywords=["噪音", "扰民", "施工"], kind="complaint",
        urgency="ordinary",
    )  # fmt: skip


@pytest.fixture
def dispatcher(db):
    return factories.user((Role.DISPATCHER, None), name="派单员")


@pytest.fixture
def waiting(lights, noise):
    """A case that nobody has sorted yet."""
    return factories.case(version=None, text="小区门口的路灯不亮，已经三天了。")
