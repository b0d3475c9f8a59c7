"""What stands in the index of words: the tokens of the text pipeline, and for cases the month they came in.

Common words fit ever so many cases. The month lets the index jump over all but the newest of them, so that a search
takes no longer in an archive of twenty years.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from huiyin.engines.text import pipeline

INDEX_VERSION = f"{pipeline.PIPELINE_VERSION}-months-2"
"""Changes whenever the same row would give another entry; a job then writes all entries anew."""


def case_words(text: str, place_text: str, *, received_at: dt.datetime) -> str:
    """The entry of a case, as a literal to cast to tsvector."""
    return pipeline.search_vector(f"{text}\n{place_text}", marks=(month(received_at),))


def month(moment: dt.datetime) -> str:
    """The mark of a month, in UTC: one that every process agrees on."""
    at = moment.astimezone(dt.UTC)
    return f"{at.year:04d}{at.month:02d}"


def of_months(query: str, marks: Sequence[str]) -> str:
    """The query, for cases of the months with these marks alone (see `months`)."""
    return f"({query}) & ({' | '.join(map(pipeline.mark, marks))})"


def months(begin: dt.datetime, end: dt.datetime) -> Iterator[str]:
    """The marks of all months from that of `begin` to that of `end`."""
    first, last = begin.astimezone(dt.UTC), end.astimezone(dt.UTC)
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04d}{number % 12 + 1:02d}"
