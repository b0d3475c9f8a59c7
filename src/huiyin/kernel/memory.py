"""The cache of one process, for what is read all the time and changes seldom: no copy is made on the way in or out.

Django's own keeps pickled copies, which costs more than many of the queries that it saves. Whoever reads from here must
not change what they got: everybody else in the process has the same.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import transaction

MOST = 1_000


@dataclass
class _Store:
    """What is kept under one location. Django makes a cache object for each thread; all of them have this one."""

    held: dict[str, tuple[float, float, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    forgotten: int = 0


_stores: dict[str, _Store] = {}
_ahead: ContextVar[int | None] = ContextVar("_ahead", default=None)


@contextmanager
def ahead() -> Iterator[None]:
    """In here what is past half of its time is gone, so whoever asks reads it again; others find the old meanwhile.

    What somebody forgets meanwhile was changed, perhaps after it was read in here: then nothing of that is kept.
    """
    cache = caches["local"]
    token = _ahead.set(cache.forgotten if isinstance(cache, Memory) else 0)
    try:
        yield
    finally:
        _ahead.reset(token)


class Memory(BaseCache):
    """Values by key, each with its end; when there are too many, the oldest goes."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._store = _stores.setdefault(location, _Store())
        self._held, self._lock = self._store.held, self._store.lock

    @property
    def forgotten(self) -> int:
        """How often something was forgotten on purpose."""
        return self._store.forgotten

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep the value unless there is one; whether it was kept."""
        with self._lock:
            if self._alive(self.make_key(key, version)) is not None:
                return False
            self._keep(key, value, timeout, version)
        return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value itself, or `default`."""
        held = self._alive(self.make_key(key, version))
        return default if held is None else held[-1]

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep the value itself."""
        with self._lock:
            self._keep(key, value, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget one value; whether there was one."""
        with self._lock:
            self._store.forgotten += 1
            return self._held.pop(self.make_key(key, version), None) is not None

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._store.forgotten += 1
            self._held.clear()

    def _keep(self, key: str, value: Any, timeout: Any, version: int | None) -> None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if _ahead.get() not in {None, self._store.forgotten}:
            return
        seconds, now = float("inf") if seconds is None else seconds, time.monotonic()
        while len(self._held) >= MOST:
            self._held.pop(next(iter(self._held)))
        self._held[self.make_key(key, version)] = (now + seconds, now + seconds / 2, value)

    def _alive(self, name: str) -> tuple[float, float, Any] | None:
        held = self._held.get(name)
        if held is None:
            return None
        end, half, _value = held
        return held if (end if _ahead.get() is None else half) > time.monotonic() else None


def keep_no_longer(key: str, value: Any, seconds: float) -> None:
    """Keep a value that must not stay in memory: at its end it goes, not only when somebody asks for it again."""
    cache = caches["local"]
    end = threading.Timer(seconds, cache.delete, [key])
    end.daemon = True
    cache.set(key, value, seconds)
    try:
        end.start()
    except RuntimeError:  # the system gives no more threads: then it is not kept at all
        cache.delete(key)


def forget(key: str) -> None:
    """Read it anew, in this process at once; and again after commit, for others may read it before."""
    cache = caches["local"]
    cache.delete(key)
    transaction.on_commit(lambda: cache.delete(key))
