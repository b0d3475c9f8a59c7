"""Python's collector in a process that answers people.

What a process holds after its start (modules, views, models, translations: some 240,000 objects) stays until it ends.
Python looks through all of it again in every full collection, which stops one request in some dozens for 100 to 150 ms.
Frozen, it is not looked at any more; and what requests leave behind is small enough to be looked at rarely.
"""

import gc

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

# Python's own numbers but the last: so many collections of the middle generation come before a full one.
YOUNG, MIDDLE, FULL = 700, 10, 100
OLDEST = 2


def settle() -> None:
    """Load what requests would load one by one, let go what is garbage, and leave the rest to itself.

    What the first thousands of requests load beside it (templates, models for proposals) is left to itself after the
    first full collection.
    """
    _views = get_resolver().namespace_dict
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("")  # reads the catalogues
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, FULL)
    gc.callbacks.append(_freeze_once)


def _freeze_once(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == OLDEST:
        gc.callbacks.remove(_freeze_once)
        gc.freeze()
