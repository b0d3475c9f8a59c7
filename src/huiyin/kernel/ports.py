"""Loading the implementation of a seam by its dotted path, once per process."""

import functools
from typing import Any

from django.utils.module_loading import import_string


@functools.cache
def load(path: str) -> Any:
    """An instance of the class at `path`; raises ImportError naming the path if there is none."""
    return import_string(path)()
