"""The part of a text that a search found, with what was found marked: pieces of the untouched text.

Found are the strings of `SearchQuery.highlights`, whatever script, width or case the text is written in; punctuation
and spaces between Chinese characters do not count, and a Latin word is found by its stem, as in the index.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from huiyin.engines.text import folding, pipeline

LENGTH = 120
"""Characters of a snippet unless told."""

MAX_CHARACTERS = 20_000
"""Characters of a text that are looked through; a letter has a few hundred."""

_BEFORE = 24
_GAP = r"[\W_]{0,3}"
_SENTENCE = re.compile(r"[。！？!?；;\n]")


class Piece(NamedTuple):
    """A stretch of the text, and whether it is what was searched for."""

    text: str
    found: bool


class Snippet(NamedTuple):
    """Pieces in order; `cut_before` and `cut_after` tell that the text goes on there."""

    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool


def marked(text: str, highlights: Sequence[str]) -> tuple[Piece, ...]:
    """Return the whole text in pieces. Never raises on any text."""
    return tuple(_pieces(text, places(text, highlights), 0, len(text)))


def snippet(text: str, highlights: Sequence[str], *, length: int = LENGTH) -> Snippet:
    """Return about `length` characters around the place that has the most of what was searched for."""
    found = places(text, highlights)
    start = _start(text, found, length)
    end = min(len(text), start + length)
    shown = [place for place in found if place[1] > start and place[0] < end]
    if shown:
        end = max(end, shown[-1][1])
    return Snippet(tuple(_pieces(text, shown, start, end)), start > 0, end < len(text))


def places(text: str, highlights: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the highlights stand in the text, start and end, in order and apart."""
    folded = _lowered(folding.same_length(text[:MAX_CHARACTERS]))
    found = [*_chinese(folded, highlights), *_words(folded, highlights)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _lowered(text: str) -> str:
    """Small letters, one for one: some have two, and a sigma at the end of a word has one of its own."""
    small = text.lower()
    return small if len(small) == len(text) and "Σ" not in text else "".join(map(_lower, text))


def _lower(character: str) -> str:
    small = character.lower()
    return small if len(small) == 1 else character


def _chinese(folded: str, highlights: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where a string with Chinese characters stands, gaps between its characters allowed."""
    for wanted in highlights:
        characters = [character for run in pipeline.runs(wanted) for character in run.text]
        if not any(run.is_cjk for run in pipeline.runs(wanted)):
            continue
        for match in re.finditer(_GAP.join(map(re.escape, characters)), folded):
            yield match.span()


def _words(folded: str, highlights: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where a word stands that has the stem of a word searched for."""
    wanted = {pipeline.stem(run.text) for text in highlights for run in pipeline.runs(text) if not run.is_cjk}
    if not wanted:
        return
    for run in pipeline.runs(folded):
        if not run.is_cjk and pipeline.stem(run.text) in wanted:
            yield run.start, run.start + len(run.text)


def _start(text: str, found: Sequence[tuple[int, int]], length: int) -> int:
    """Return where the snippet begins: at a sentence if one begins shortly before the fullest stretch."""
    if not found or len(text) <= length:
        return 0
    fullest = max(
        range(len(found)),
        key=lambda index: (
            len({text[a:b] for a, b in found[index:] if b <= found[index][0] + length}),
            -index,
        ),
    )
    first = found[fullest][0]
    if first < _BEFORE:
        return 0
    begin = first - _BEFORE
    sentence = [match.end() for match in _SENTENCE.finditer(text, begin, first)]
    start = sentence[-1] if sentence else begin
    return max(0, min(start, len(text) - length))


def _pieces(text: str, found: Iterable[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for one, other in found:
        first, last = max(one, start), min(other, end)
        if first > at:
            yield Piece(text[at:first], found=False)
        yield Piece(text[first:last], found=True)
        at = last
    if at < end:
        yield Piece(text[at:end], found=False)
