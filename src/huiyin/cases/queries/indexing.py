"""Whether the search index is written by the present rules throughout."""

from django.core.cache import caches

from huiyin.cases.logic import indexing as rules
from huiyin.cases.models import WordIndex
from huiyin.kernel import memory

WORDS_OF_CASES = ("case_words", "case_open_words")
"""The database's indexes of the words of cases."""

CASES, PUBLICATIONS, PRECEDENTS = "cases", "publications", "precedents"
SECONDS_REMEMBERED = 30


def is_current(name: str) -> bool:
    """Whether every entry was written by the present rules. Remembered for some seconds."""
    cache = caches["local"]
    version = cache.get(_key(name))
    if version is None:
        row = WordIndex.objects.filter(kind=name).first()
        version = row.version if row else ""
        cache.set(_key(name), version, SECONDS_REMEMBERED)
    return bool(version == rules.INDEX_VERSION)


def left_out() -> list[str]:
    """Which of `WORDS_OF_CASES` a first import left out and nobody has built yet."""
    return list(WordIndex.objects.filter(kind__in=WORDS_OF_CASES).values_list("kind", flat=True))


def forget(name: str) -> None:
    """Ask the database the next time."""
    memory.forget(_key(name))


def _key(name: str) -> str:
    return f"word-index-{name}"
