"""Simplified into Traditional Chinese, for names and translations that people read (OpenCC, Taiwan's words)."""

import functools

import opencc


@functools.cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2twp")


def traditional(text: str) -> str:
    """The text in Traditional characters and Taiwan's words; other scripts stay as they are."""
    return str(_converter().convert(text))
