"""Lists and labels with the marks of the reader's language: “a, b” and “a: b”, “甲、乙” and “甲：乙”."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


def listing(parts: Iterable[object]) -> str:
    """The parts in one line."""
    return _(", ").join(str(part) for part in parts)


def labelled(label: object, text: object) -> str:
    """A text behind its label."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}
