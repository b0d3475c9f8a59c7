"""`huiyin prepare`: everything that has to be right before the first request."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from huiyin.usecases import basics

# Any number will do, as long as every machine of an installation asks for the same one.
ADVISORY_LOCK = 4_817_001


class Command(BaseCommand):
    help = "Bring the database, the cache table and the static files up to date; serve does it by itself."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is due; machines that start together wait for each other. A second run changes nothing."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            try:
                call_command("migrate", interactive=False, verbosity=0)
                call_command("createcachetable", verbosity=0)
                basics.ensure()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
        collect_static(Path(settings.STATIC_ROOT))


def collect_static(target: Path) -> bool:
    """Copy, compress and name the static files by their content, if a source changed; whether it was needed."""
    stamp = target / ".sources"
    sources = _fingerprint()
    if stamp.is_file() and stamp.read_text() == sources:
        return False
    target.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(sources)
    return True


def _fingerprint() -> str:
    found = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            found.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return found.hexdigest()
