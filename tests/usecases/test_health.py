"""The health page tells of a seam that does not work, and is never broken by one."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.storage import default_storage

from huiyin.accounts.enums import Role
from huiyin.audit import operations as audit
from huiyin.kernel import clock
from huiyin.kernel.errors import Denied
from huiyin.usecases import health
from tests import staff

pytestmark = pytest.mark.django_db


def test_everything_works_here():
    report = health.report(actor=staff.user(Role.ADMINISTRATOR))
    assert {str(seam.name) for seam in report if not seam.health.ok} <= {"Disk", "Mail"}
    assert len(report) == len(health.CHECKS) == 12
    assert all(str(seam.health.detail) for seam in report)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_administrators_are_told(role):
    with pytest.raises(Denied):
        health.report(actor=staff.user(role))


def test_a_seam_that_breaks_says_so_and_nothing_else():
    def broken():
        raise OSError("postgres://user:password@host")

    seam = health._asked("Seam", broken)
    assert not seam.health.ok
    assert "OSError" in str(seam.health.detail)
    assert "password" not in str(seam.health.detail)


def test_no_mail_server_is_a_fault(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert not health.mail().ok


def test_a_mail_server_that_does_not_answer_is_a_fault(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert not health._asked("Mail", health.mail).health.ok


def test_storage_leaves_nothing_behind(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    assert health.storage().ok
    assert default_storage.listdir("health") == ([], [])


def test_a_log_that_nobody_signs_is_a_fault():
    audit.record("test.done", actor="system", subject="thing:1")
    assert health.log().ok
    with time_machine.travel(clock.now() + dt.timedelta(seconds=61)):
        assert not health.log().ok
        audit.seal_records()
        audit.sign_tree_head()
        assert health.log().ok


def test_jobs_that_wait_too_long_are_a_fault():

    from huiyin.usecases import jobs

    assert health.queue().ok
    jobs.tidy.configure(schedule_at=clock.now() - dt.timedelta(minutes=5), queueing_lock=None).defer(
        timestamp=0
    )
    said = health.queue()
    assert not said.ok
    assert "1 waiting" in str(said.detail)


def test_a_full_disk_is_a_fault(monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: SimpleNamespace(free=1, total=10**12))
    assert not health.disk().ok
