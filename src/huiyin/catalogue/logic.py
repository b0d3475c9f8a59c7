"""Which services fit what somebody typed: words in common, rare words counting more. No history is needed."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

NAME_WEIGHT = 2.0


def weights(documents: Mapping[int, Collection[str]]) -> dict[str, float]:
    """Inverse document frequency of each token over the services: log(1 + N / n)."""
    count = Counter(token for tokens in documents.values() for token in set(tokens))
    return {token: math.log(1 + len(documents) / found) for token, found in count.items()}


def rank(
    wanted: Sequence[str],
    names: Mapping[int, Collection[str]],
    words: Mapping[int, Collection[str]],
    weight: Mapping[str, float],
) -> list[int]:
    """Ids of the services that share a token with `wanted`, best first; tokens of the name count double.

    `names` and `words` hold the tokens of name and keywords by service; ties keep the order of the mapping.
    """
    asked = set(wanted)
    scores = {
        key: sum(weight[t] * NAME_WEIGHT for t in asked & set(names[key]))
        + sum(weight[t] for t in asked & set(words[key]))
        for key in names
    }
    found = [key for key in names if scores[key] > 0]
    return sorted(found, key=lambda key: -scores[key])
