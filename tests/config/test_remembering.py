"""What screens read all the time is in memory before they ask for it, however quiet the office."""

import os
import re
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from huiyin.accounts.enums import Role
from huiyin.config import remembering
from huiyin.kernel import memory
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.organisations.models import Setting
from huiyin.web.desk import choices
from tests import factories
from tests.factories import database

pytestmark = pytest.mark.django_db


def test_all_of_it_is_there_in_every_language(django_assert_num_queries):
    factories.service()
    caches["local"].clear()
    remembering.read_again()
    with django_assert_num_queries(0):
        for read in remembering.READERS:
            read()
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                choices.areas()


def tables(captured):
    return [" ".join(re.findall(r'FROM "(\w+)"', row["sql"])) for row in captured.captured_queries]


@pytest.mark.parametrize("page", ["worklist", "case"])
def test_a_screen_asks_for_nothing_more_after_a_quiet_time(client, page):
    case = factories.case()
    client.force_login(factories.user((Role.DISPATCHER, None)))
    url = reverse("desk:worklist") if page == "worklist" else reverse("desk:case", args=[case.number])
    client.get(url)
    with CaptureQueriesContext(connection) as warm:
        assert client.get(url).status_code == 200
    caches["local"].clear()
    remembering.read_again()
    with CaptureQueriesContext(connection) as cold:
        client.get(url)
    assert len(cold) == len(warm), set(tables(cold)) - set(tables(warm))


def test_what_is_past_half_of_its_time_is_replaced_and_stays_until_then(monkeypatch):
    remembering.read_again()
    before = organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR)
    Setting.objects.create(key=SettingKey.CASES_PER_ADDRESS_HOUR, value=before + 1)
    assert organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR) == before
    remembering.read_again()
    assert organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR) == before
    later = time.monotonic() + organisations.SECONDS_REMEMBERED / 2 + 1
    monkeypatch.setattr(memory, "time", SimpleNamespace(monotonic=lambda: later))
    assert organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR) == before
    remembering.read_again()
    assert organisations.setting(SettingKey.CASES_PER_ADDRESS_HOUR) == before + 1


SCRIPT = """
import sys, threading, time
import huiyin.config.wsgi
from django.core.cache import caches
from django.core.signals import request_started
from huiyin.config import remembering
names = lambda: [row.name for row in threading.enumerate()]
assert "remembering" not in names(), "nobody asked yet"
request_started.send(sender=None)
request_started.send(sender=None)
remembering._begin()  # a second first request, at the same moment
assert names().count("remembering") == 1
end = time.monotonic() + 30
while caches["local"].get("settings") is None and time.monotonic() < end:
    time.sleep(0.05)
assert caches["local"].get("settings")
print("ends")
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_begins_with_its_first_request_and_ends_at_once(tmp_path):
    environment = os.environ | {
        "HUIYIN_DATA": str(tmp_path),
        "DATABASE_URL": database.url(),
        "DJANGO_SETTINGS_MODULE": "huiyin.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "ends\n"), done.stderr
    assert "Traceback" not in done.stderr
