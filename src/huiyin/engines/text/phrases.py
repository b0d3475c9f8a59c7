"""Whether a text says given words: the same answer that the search index gives for a phrase, without a database.

Words of any script count as after `pipeline.normalise`: 噪音 is said by 噪聲 as well, `leaking` by `leaks`.
"""

import dataclasses
from collections import defaultdict

from huiyin.engines.text import pipeline

MAX_CHARACTERS = 20_000
"""Characters of a text that are looked at."""


@dataclasses.dataclass(frozen=True)
class Said:
    """A text, read once, to be asked about many phrases."""

    places: dict[str, frozenset[int]]

    @classmethod
    def of(cls, text: str) -> "Said":
        """Read a text. Never raises."""
        found: dict[str, set[int]] = defaultdict(set)
        for unit in pipeline.units(pipeline.normalise(text[:MAX_CHARACTERS])):
            found[unit.token].add(unit.position)
            if unit.is_cjk:
                # So that a lone character is found wherever it stands.
                found[unit.token[0]].add(unit.position)
        return cls({token: frozenset(places) for token, places in found.items()})

    def says(self, phrase: str) -> bool:
        """Whether all of `phrase` stands in the text, side by side; an empty phrase stands nowhere."""
        wanted = [
            unit
            for unit in pipeline.units(pipeline.normalise(phrase))
            if not (unit.is_cjk and len(unit.token) == 1 and _has_pair_before(phrase, unit.position))
        ]
        if not wanted:
            return False
        starts = self.places.get(wanted[0].token, frozenset())
        return any(
            all(
                start + unit.position - wanted[0].position in self.places.get(unit.token, frozenset())
                for unit in wanted[1:]
            )
            for start in starts
        )


def _has_pair_before(phrase: str, position: int) -> bool:
    """Whether the last character of a run is already held by the pair that ends with it."""
    return any(
        unit.position == position - 1 and unit.is_cjk and len(unit.token) == 2
        for unit in pipeline.units(pipeline.normalise(phrase))
    )
