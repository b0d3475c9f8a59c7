import datetime as dt
from pathlib import Path

import pytest
import time_machine

from huiyin.kernel import clock


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    """A storage folder of the test's own."""
    folder = tmp_path / "files"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "base_url": None, "file_permissions_mode": 0o600},
        },
    }
    return folder


@pytest.fixture
def later():
    """A context in which the clock stands some days and a minute later."""
    return lambda days=1: time_machine.travel(clock.now() + dt.timedelta(days=days, minutes=1), tick=True)
