"""Which words are rare here: remembered in each process, from the newest stored table."""

import functools
from dataclasses import dataclass, field

from django.core.cache import caches

from huiyin.cases.queries import similar
from huiyin.engines.text import overlap
from huiyin.triage.models import WordShares

SECONDS_REMEMBERED = 300
# Cases that may be looked at for one text; what is fetched afterwards are twenty.
MOST_LOOKED_AT = 2_000
# Before the first night: counted on the spot, from so few cases that nobody waits for it.
FIRST_DAY = 1_000


@dataclass(frozen=True)
class Rarity:
    """Shares of cases by word, and how many cases there are."""

    shares: dict[str, float] = field(default_factory=dict)
    cases: int = 0

    @functools.cached_property
    def weights(self) -> overlap.Weights:
        """How much each word says."""
        return overlap.Weights(self.shares)

    def to_find(self, tokens: frozenset[str]) -> tuple[list[str], bool]:
        """The rarest tokens to look for; True where even the rarest is common, so that two must stand together."""
        found = overlap.rarest(tokens, self.shares, texts=max(self.cases, 1), most=MOST_LOOKED_AT)
        found = found[: similar.WORDS_ASKED]
        alone = len(found) == 1 and self.shares.get(found[0], overlap.RAREST) * self.cases > MOST_LOOKED_AT
        if not alone:
            return found, False
        return overlap.by_rarity(tokens, self.shares)[:3], True

    def to_rank(self, tokens: frozenset[str]) -> list[str]:
        """The tokens that say most, for ranking what was found."""
        return overlap.by_rarity(tokens, self.shares)[: similar.WORDS_ASKED]


def rarity() -> Rarity:
    """The table in force; before the first night what a look at the newest cases gives."""
    cache = caches["local"]
    found: Rarity | None = cache.get("triage-rarity")
    if found is None:
        row = WordShares.objects.first()
        found = (
            Rarity(row.shares, row.cases)
            if row
            else Rarity(similar.shares(sample=FIRST_DAY), similar.stored())
        )
        cache.set("triage-rarity", found, SECONDS_REMEMBERED)
    return found
