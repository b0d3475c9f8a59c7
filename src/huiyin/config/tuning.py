"""How much of the machine the embedded PostgreSQL takes: an eighth of the memory, and room for long imports.

What is read again and again stays at hand, whether a county has a thousand cases or a million, and the greater part of
the memory is left to the processes that answer people. Fewer checkpoints write fewer whole pages into the log.
"""

import os
from pathlib import Path

MEGABYTE = 2**20
SHARE = 8
LEAST, MOST = 128, 4_096  # megabytes
CGROUP = Path("/sys/fs/cgroup/memory.max")


def options() -> tuple[str, ...]:
    """Options for `postgres`."""
    buffers = min(MOST, max(LEAST, memory() // MEGABYTE // SHARE))
    return (
        f"-c shared_buffers={buffers}MB", f"-c effective_cache_size={4 * buffers}MB",
        "-c work_mem=16MB", "-c max_connections=100", "-c max_wal_size=4GB",
    )  # fmt: skip


def memory() -> int:
    """Bytes that this machine, or this container of it, has."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(whole, int(CGROUP.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return whole
