"""What public services are about: words that point to one field of work, so a rare word speaks like its neighbours.

An installation with little history has seen 疫苗 but never 流感; both are health. Only general knowledge of public
services stands in fields.txt, no place's own units. Words are Simplified and lower case, as after
`pipeline.normalise`; a word may serve two fields.
"""

import functools
from importlib import resources


def _read() -> dict[str, list[str]]:
    """Fields of work by word, from fields.txt: one line per field, its name, a colon, its words."""
    found: dict[str, list[str]] = {}
    text = resources.files(__package__).joinpath("fields.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        field, _, words = line.partition(": ")
        for word in words.split():
            found.setdefault(word, []).append(field)
    return found


_BY_WORD = _read()
_BY_FIRST: dict[str, list[str]] = {}
for _word in sorted(_BY_WORD, key=lambda word: (-len(word), word)):
    _BY_FIRST.setdefault(_word[0], []).append(_word)


@functools.lru_cache(maxsize=2_048)
def fields(normalised: str) -> tuple[str, ...]:
    """Return the fields of work that a text points to, one mention each; the longest word at a place counts."""
    found: list[str] = []
    past = 0
    for start, character in enumerate(normalised):
        if start < past or character not in _BY_FIRST:
            continue
        for word in _BY_FIRST[character]:
            if normalised.startswith(word, start):
                found.extend(_BY_WORD[word])
                past = start + len(word)
                break
    return tuple(found)
