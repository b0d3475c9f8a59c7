"""A view of a text that keeps its length: for finders whose answers are places in the original."""

import functools
import unicodedata

from huiyin.engines.text import pipeline


@functools.lru_cache(maxsize=65_536)
def _character(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return " "
    plain = unicodedata.normalize("NFKC", character)
    simple = pipeline.simplified(plain)
    return simple if len(simple) == 1 else character


def same_length(text: str) -> str:
    """Return the text with full-width forms plain and Traditional characters Simplified, one for one.

    The i-th character of the answer stands for the i-th of the text; case is kept. Never raises.
    """
    return text if text.isascii() else "".join(map(_character, text))
