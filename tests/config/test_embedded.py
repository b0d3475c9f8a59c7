"""The embedded PostgreSQL, with real servers in throw-away folders."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from huiyin.config import embedded
from huiyin.config.embedded import Cluster

OPTIONS = ("-c fsync=off", "-c shared_buffers=8MB", "-c max_connections=20")
HOLD = f"""
import sys, time
from pathlib import Path
from huiyin.config.embedded import Cluster, ensure
cluster = Cluster(Path(sys.argv[1]), {OPTIONS!r})
ensure(cluster)
print("ready", cluster.sockets, flush=True)
if sys.argv[2:] == ["wait"]:
    sys.stdin.read()
"""


@pytest.fixture
def folder():
    """A folder that every user of the machine may enter, with a blank in its name."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o755)
        yield path / "a city"


def hold(folder: Path, *, wait: bool = True, **options) -> subprocess.Popen:
    command = [sys.executable, "-c", HOLD, str(folder), *(["wait"] if wait else [])]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)


def leave(process: subprocess.Popen) -> None:
    process.communicate(timeout=60)


def ready(process: subprocess.Popen) -> bool:
    return process.stdout.readline().startswith("ready")


def answers(cluster: Cluster) -> bool:
    with psycopg.connect(host=str(cluster.sockets), user="huiyin", dbname="huiyin") as connection:
        return connection.execute("select 1").fetchone() == (1,)


def test_the_last_one_to_leave_stops_it(folder):
    cluster = Cluster(folder, OPTIONS)
    first, second = hold(folder), hold(folder)  # both at once, on a folder that does not exist yet
    assert ready(first)
    assert ready(second)
    leave(first)
    assert answers(cluster)
    leave(second)
    assert embedded.wait_until_stopped(cluster, 5)
    assert first.returncode == second.returncode == 0


def test_a_killed_holder_leaves_nothing_that_has_to_be_cleaned_up(folder):
    cluster = Cluster(folder, OPTIONS)
    killed = hold(folder)
    assert ready(killed)
    killed.kill()
    killed.communicate()
    assert answers(cluster)
    leave(hold(folder, wait=False))
    assert embedded.wait_until_stopped(cluster, 5)


def test_a_killed_server_is_revived(folder):
    cluster = Cluster(folder, OPTIONS)
    holder = hold(folder)
    assert ready(holder)
    for _turn in range(3):
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            while True:  # the socket of a killed server stays a moment
                answers(cluster)
                time.sleep(0.05)
        embedded.revive(cluster)
        assert answers(cluster)
    embedded._release(cluster, os.getpid())
    leave(holder)
    assert embedded.wait_until_stopped(cluster, 5)


def test_a_path_longer_than_a_socket_may_have(folder):
    deep = folder / ("long" * 20) / ("longer" * 10)
    cluster = Cluster(deep, OPTIONS)
    assert len(str(cluster.sockets)) <= embedded.LONGEST_SOCKET_FOLDER
    process = hold(deep)
    assert ready(process)
    assert answers(cluster)
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    leave(process)


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_private_folder_and_a_strict_umask(folder, umask):
    folder.mkdir()
    private = folder / "private"
    private.mkdir(mode=0o700)
    process = hold(private / "city", umask=umask)
    assert ready(process)
    assert answers(Cluster(private / "city", OPTIONS))
    leave(process)
    again = hold(private / "city", umask=0o022)
    assert ready(again)
    leave(again)
    shutil.rmtree(Cluster(private / "city").home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_has_a_server_of_his_own_and_is_told_whose_a_folder_is(folder):
    nobody = pwd.getpwnam("nobody")
    folder.mkdir()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    as_nobody = {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "env": {**os.environ, "HOME": "/"},
    }
    try:
        subprocess.run([sys.executable, "-c", "import huiyin"], check=True, capture_output=True, **as_nobody)
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("an ordinary user cannot reach this Python")
    process = hold(folder / "own", **as_nobody)
    assert ready(process)
    assert (folder / "own" / "data").stat().st_uid == nobody.pw_uid
    leave(process)
    leave(hold(folder / "root's", wait=False))
    refused = hold(folder / "root's", wait=False, stderr=subprocess.PIPE, **as_nobody)
    _out, error = refused.communicate(timeout=60)
    assert refused.returncode != 0
    assert "belongs to another user" in error


def test_two_languages_sort_and_search_alike_everywhere(folder):
    process = hold(folder)
    assert ready(process)
    with psycopg.connect(
        host=str(Cluster(folder, OPTIONS).sockets), user="huiyin", dbname="huiyin"
    ) as connection:
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("select upper('straße é')").fetchone() == ("STRAßE É",)
    leave(process)
