"""Loading the implementation of a seam by its dotted path, once per process."""

import functools
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from huiyin.kernel.errors import Text


@dataclass(frozen=True)
class Health:
    """What the implementation of a seam says of itself on the health page; never an address or a password."""

    ok: bool
    detail: Text


@functools.cache
def load(path: str) -> Any:
    """An instance of the class at `path`; raises ImportError naming the path if there is none."""
    return import_string(path)()
