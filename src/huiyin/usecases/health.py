"""The health of every seam, asked one after the other; none of them can break the page."""

import importlib.metadata
import platform
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.audit import queries as audit
from huiyin.cases.queries import searching
from huiyin.kernel import clock, ports
from huiyin.kernel.errors import Text
from huiyin.kernel.ports import Health
from huiyin.triage.operations import waiting as waiting_cases
from huiyin.triage.queries import trained
from huiyin.usecases import mailbox, relaying

LAG_SECONDS = 60
FREE_BYTES = 2 * 1024**3
MAIL_SECONDS = 3
GIGABYTE = 1024**3


@dataclass(frozen=True)
class Seam:
    """One thing that the installation stands on, what it said of itself, and how long it took to say so."""

    name: Text
    health: Health
    milliseconds: int


def report(*, actor: accounts.Actor) -> list[Seam]:
    """Ask every seam. Refuses (Denied) whoever may not see the health of the installation."""
    accounts.check(actor, Permission.MANAGE_SETTINGS)
    return [_asked(name, check) for name, check in CHECKS]


def _asked(name: Text, check: Callable[[], Health]) -> Seam:
    begin = time.monotonic()
    try:
        said = check()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the page shows that this seam does not answer
        said = Health(ok=False, detail=_("No answer (%(error)s).") % {"error": type(error).__name__})
    return Seam(name, said, round((time.monotonic() - begin) * 1000))


def database() -> Health:
    """Version, size, and whether every migration has run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        return Health(ok=False, detail=_("%(count)s migrations have not run.") % {"count": waiting})
    words = {"version": version, "size": f"{size / GIGABYTE:.2f}"}
    return Health(ok=True, detail=_("PostgreSQL %(version)s, %(size)s GB.") % words)


def queue() -> Health:
    """How many jobs wait, how long the oldest has been due, and how many failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE j.status = 'todo'), count(*) FILTER (WHERE j.status = 'failed'),"
            " coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at)) FILTER"
            " (WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) <= now())), 0)"
            " FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
            " WHERE j.status IN ('todo', 'failed')"
        )
        waiting, failed, lag = cursor.fetchone()
    cases = waiting_cases.backlog()
    waiting += cases.waiting
    lag = max(lag, (clock.now() - cases.since).total_seconds() if cases.since else 0)
    words = {"waiting": waiting, "failed": failed, "lag": round(lag)}
    told = _("%(waiting)s waiting, the oldest for %(lag)s seconds; %(failed)s failed.") % words
    return Health(ok=lag < LAG_SECONDS and not failed, detail=told)


def mail() -> Health:
    """Whether the mail server takes a connection."""
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        return Health(ok=False, detail=_("No mail server is set (HUIYIN_EMAIL_HOST): notices are not sent."))
    server = get_connection(timeout=MAIL_SECONDS)
    try:
        server.open()
    finally:
        server.close()
    return Health(ok=True, detail=_("The mail server answers."))


def storage() -> Health:
    """Write, read and remove a small file."""
    content = uuid.uuid4().hex.encode()
    key = default_storage.save(f"health/{content.decode()}", ContentFile(content))
    try:
        with default_storage.open(key) as file:
            same = file.read() == content
    finally:
        default_storage.delete(key)
    return Health(
        ok=same, detail=_("Files can be written and read.") if same else _("A file came back changed.")
    )


def scanner() -> Health:
    """What the file scanner says of itself."""
    said: Health = ports.load(settings.HUIYIN_FILE_SCANNER).check()
    return said


def search() -> Health:
    """What the search engine says of itself."""
    return searching.check()


def log() -> Health:
    """The newest signed tree head, and what waits for the next one."""
    head, waiting = audit.newest_head(), audit.pending()
    late = waiting["oldest_seconds"] > audit.PROMISE.total_seconds()
    words = {
        "number": head.number if head else 0,
        "size": head.size if head else 0,
        "leaves": waiting["leaves"],
        "records": waiting["records"],
    }
    told = _(
        "Tree head %(number)s over %(size)s cases; %(leaves)s cases and %(records)s records wait for the next."
    )
    return Health(ok=not late, detail=told % words)


def disk() -> Health:
    """Free space where the data folder is."""
    folder = next(path for path in (Path(settings.DATA), *Path(settings.DATA).parents) if path.exists())
    usage = shutil.disk_usage(folder)
    words = {"free": f"{usage.free / GIGABYTE:.1f}", "total": f"{usage.total / GIGABYTE:.1f}"}
    return Health(ok=usage.free > FREE_BYTES, detail=_("%(free)s GB of %(total)s GB are free.") % words)


def version() -> Health:
    """What runs here."""
    words = {
        "huiyin": importlib.metadata.version("huiyin"),
        "python": platform.python_version(),
        "django": django.get_version(),
    }
    return Health(ok=True, detail=_("Huiyin %(huiyin)s, Python %(python)s, Django %(django)s.") % words)


CHECKS: tuple[tuple[Text, Callable[[], Health]], ...] = (
    (gettext_lazy("Database"), database),
    (gettext_lazy("Background jobs"), queue),
    (gettext_lazy("Public log and audit trail"), log),
    (gettext_lazy("Mail"), mail),
    (gettext_lazy("Mailbox"), mailbox.check),
    (gettext_lazy("File storage"), storage),
    (gettext_lazy("File scanner"), scanner),
    (gettext_lazy("Search"), search),
    (gettext_lazy("Other systems"), relaying.health),
    (gettext_lazy("Filing proposals"), trained.health),
    (gettext_lazy("Disk"), disk),
    (gettext_lazy("Version"), version),
)
