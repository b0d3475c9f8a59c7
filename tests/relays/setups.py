"""Connections as an administrator makes them."""

from huiyin.relays import operations
from tests import staff


def setup(url, **given):
    fields = {
        "name": "Roads",
        "endpoint": url,
        "jurisdiction": "",
        "api_key": "k",
        "codes": "",
        "default_code": "potholes",
    }
    return operations.Setup(**fields | given)


def connected(url, unit=None, **given):
    return operations.connect(
        (unit or staff.a_unit("contractor")).pk, setup=setup(url, **given), actor="system"
    )
