"""Python's collector in a process that answers people.

What a process holds after its start (modules, views, models, translations: some 240,000 objects) stays until it ends.
Python looks through all of it again in every full collection, which stops one request in some dozens for 100 to 150 ms.
Frozen, it is not looked at any more. What requests leave behind waits for the next full collection, so these come often
enough to find little each time.
"""

import gc

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

# Python's own numbers but the last: so many collections of the middle generation come before a full one.
YOUNG, MIDDLE, FULL = 700, 10, 20
OLDEST = 2
# Each freezes what requests under way hold too, for good where it lies in a circle: some thousand objects at a time.
FREEZES = 20


def settle() -> None:
    """Load what requests would load one by one, let go what is garbage, and leave the rest to itself.

    What the first thousands of requests load beside it (templates, models for proposals) is left to itself after the
    first full collections.
    """
    _views = get_resolver().namespace_dict
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("")  # reads the catalogues
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, FULL)
    gc.callbacks.append(_Freezer(FREEZES))


class _Freezer:
    """Freezes what some full collections leave, and then ends."""

    def __init__(self, times: int) -> None:
        self._left = times

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == OLDEST:
            gc.freeze()
            self._left -= 1
            if not self._left:
                gc.callbacks.remove(self)
