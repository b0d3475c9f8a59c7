"""A title for many texts about one thing, in their own words: a clause that says what they have in common.

A clause is rated by its words: how many of the texts have the word, times how rare it is elsewhere, over the root of
the clause's length. Clauses with personal data are left out.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from huiyin.engines.text import personal_data, pipeline

LONGEST = 30
_SHORTEST = 4
_TYPICAL = 8
_CLAUSE = re.compile(r"[，。！？；：、,.!?;:\n\r\t]+")


def frequencies(texts: Iterable[str]) -> Counter[str]:
    """In how many of the texts each word stands: what `title` compares with."""
    return Counter(word for text in texts for word in _words(text))


def title(texts: Sequence[str], *, elsewhere: Counter[str], count: int) -> str:
    """Return a title for these texts, the most typical first; "" if nothing in them can be one.

    `elsewhere` counts the words of `count` texts about anything.
    """
    here = frequencies(texts)

    def rating(clause: str) -> float:
        words = _words(clause)
        shared = sum(
            here[word] / len(texts) * math.log((1 + count) / (1 + elsewhere[word]))
            for word in words
            if here[word] > 1
        )
        return shared / math.sqrt(len(words) + 1)

    clauses = [clause for text in texts[:_TYPICAL] for clause in _clauses(text)]
    return max(clauses, key=rating, default="")


def _words(text: str) -> set[str]:
    return {word for word in pipeline.words(pipeline.normalise(text[:2_000])) if len(word) > 1}


def _clauses(text: str) -> list[str]:
    found = [clause.strip() for clause in _CLAUSE.split(text[:2_000])]
    return [
        clause
        for clause in found
        if _SHORTEST <= len(clause) <= LONGEST and _words(clause) and not personal_data.find(clause)
    ]
