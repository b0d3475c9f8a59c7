"""Keeping content: any Django storage; where it is a folder of this machine, on the disk for sure before it counts."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage


def keep(key: str, content: File) -> str:  # type: ignore[type-arg]
    """Store `content` and return its final key. When this returns, a power cut no longer loses it."""
    content.seek(0)
    kept = default_storage.save(key, content)
    for path in _paths(kept):
        _to_disk(path)
    return kept


def remove(*keys: str) -> None:
    """Remove content; what is gone already is no error."""
    for key in keys:
        if key:
            default_storage.delete(key)


def walk(folder: str = "") -> Iterator[str]:
    """Keys of everything that is kept, folder by folder."""
    if folder and not default_storage.exists(folder):
        return
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return  # nothing was ever kept
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in names)
    for name in folders:
        yield from walk(prefix + name)


def _paths(key: str) -> list[Path]:
    """The file and the folders above it inside the storage; none where the storage is not a folder of this machine."""
    try:
        path = Path(default_storage.path(key))
        top = Path(default_storage.path(""))
    except NotImplementedError:
        return []
    return [path, *(parent for parent in path.parents if parent == top or top in parent.parents)]


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
