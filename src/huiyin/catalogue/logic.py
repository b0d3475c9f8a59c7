"""Which services fit what somebody typed: words in common, rare words counting more. No history is needed."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

NAME_WEIGHT = 2.0


def weights(documents: Mapping[int, Collection[str]]) -> dict[str, float]:
    """Inverse document frequency of each token over the services: log(1 + N / n)."""
    count = Counter(token for tokens in documents.values() for token in set(tokens))
    return {token: math.log(1 + len(documents) / found) for token, found in count.items()}


def scores(
    wanted: Sequence[str],
    names: Mapping[int, Collection[str]],
    words: Mapping[int, Collection[str]],
    weight: Mapping[str, float],
) -> dict[int, float]:
    """Services that share a token with `wanted`, best first, with the weight of what they share.

    Tokens of the name count double. `names` and `words` hold the tokens of name and keywords by service; ties keep the
    order of the mapping.
    """
    asked = set(wanted)
    found = {
        key: sum(weight[t] * NAME_WEIGHT for t in asked & set(names[key]))
        + sum(weight[t] for t in asked & set(words[key]))
        for key in names
    }
    return dict(sorted(((key, score) for key, score in found.items() if score > 0), key=lambda row: -row[1]))


def strengths(scores: Mapping[int, float], doubt: float) -> dict[int, float]:
    """What part of all that speaks for any service speaks for each; `doubt` is the weight of what was not said."""
    total = sum(scores.values()) + doubt
    return {key: score / total for key, score in scores.items()}
