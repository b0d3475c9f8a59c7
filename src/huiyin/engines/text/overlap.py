"""How alike one text is to a few others, by the rare tokens they share; the tokens are those of the search index.

`similar` compares a whole collection at once and is better at it; this compares one new text with what an index found,
within a few milliseconds. A token weighs −ln of the share of texts that have it; the score is the cosine of the sets,
damped for short texts: three words in common say little where there are only twenty. The index holds all pairs of
characters; those that are no words of the dictionary ("灯不" in 路灯不亮) say next to nothing, or they would drown
the rest.
"""

import math
from collections.abc import Collection, Iterable, Mapping

from huiyin.engines.text import pipeline

MAX_CHARACTERS = 4_000
RAREST = 1e-4
"""The share of texts taken for a token that the table does not hold."""

_DAMPING = 50.0
"""Weight that stands for the words which a short text did not say."""

_NO_WORD = 0.1
"""What a pair of characters that is no word says, as a share: names of people and roads are made of such pairs."""

_FITTED = (-7.4, 77.6)
"""Logistic curve over the cosine, fitted on the same pairs, for one true match in ten texts that an index found."""

_SUREST = 0.97
"""No pair that was fitted on was surer: the same words may be said about two things."""


def tokens(text: str) -> frozenset[str]:
    """The tokens of a text that say something: pairs and words, no lone characters."""
    found = pipeline.search_document(text[:MAX_CHARACTERS]).split()
    return frozenset(token for token in found if len(token) > 1)


class Weights(dict[str, float]):
    """How much each token says: much when few texts have it. Worked out when first asked for, from a table of shares.

    A token that the table does not hold says as much as the rarest; a lone character and a mark of the index nothing.
    """

    def __init__(self, shares: Mapping[str, float]) -> None:
        super().__init__()
        self._shares = shares

    def __missing__(self, token: str) -> float:
        found = self[token] = _weight(token, self._shares.get(token, RAREST))
        return found

    def total(self, tokens: Iterable[str]) -> float:
        """What these tokens say together."""
        return sum(map(self.__getitem__, tokens))


def _weight(token: str, share: float) -> float:
    if len(token) == 1 or token.startswith(pipeline.MARK):
        return 0.0
    rare = -math.log(min(max(share, RAREST), 1.0))
    return rare if pipeline.is_word(token) else rare * _NO_WORD


def cosines(one: Collection[str], others: Iterable[Collection[str]], weights: Weights) -> list[float]:
    """Weighted, damped cosine of a set of tokens with each of others, 0 to 1; no token stands twice in one of them."""
    first = frozenset(one)
    said = weights.total(first)
    return [
        weights.total(first.intersection(other)) / (math.sqrt(said * weights.total(other)) + _DAMPING)
        for other in others
    ]


def covered(asked: Collection[str], said: Collection[str], weights: Weights) -> float:
    """What part of the weight of `asked` stands in `said`, 0 to 1."""
    whole = weights.total(asked)
    return weights.total(frozenset(asked).intersection(said)) / whole if whole > 0 else 0.0


def same_matter(found: float) -> float:
    """The probability that two texts with this cosine speak of the same matter."""
    low, slope = _FITTED
    return min(1 / (1 + math.exp(-(low + slope * found))), _SUREST)


def by_rarity(found: Iterable[str], shares: Mapping[str, float]) -> list[str]:
    """The tokens, the rarest first."""
    return sorted(found, key=lambda token: (shares.get(token, RAREST), token))


def rarest(found: Collection[str], shares: Mapping[str, float], *, texts: int, most: int) -> list[str]:
    """The rarest tokens, so few that together they stand in about `most` of `texts` texts; at least one of any."""
    chosen: list[str] = []
    expected = 0.0
    for token in by_rarity(found, shares):
        expected += shares.get(token, RAREST) * texts
        if chosen and expected > most:
            break
        chosen.append(token)
    return chosen
