"""Pairs of texts scored, hot topics and personal data found: from CSV files to CSV files."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from huiyin.engines.text import personal_data, similar, topics
from huiyin.interop.analysis import tables

PAIR = ("msg_a", "msg_b")


def score_pairs(texts: Path, pairs: Path, *, key: str, text: str, out: Path) -> dict[str, Any]:
    """Write `pairs` with a column `score` (0 to 1). Raises `tables.BadTableError` or OSError."""
    begin = time.perf_counter()
    columns = tables.columns_of(text)
    rows = tables.read(texts, [key, *columns])
    asked = tables.read(pairs, PAIR)
    place = {row[key]: index for index, row in reversed(list(enumerate(rows)))}
    unknown = sorted({row[name] for row in asked for name in PAIR} - place.keys())
    if unknown:
        raise tables.BadTableError(
            f"{pairs.name} names {len(unknown)} texts that {texts.name} does not have: {', '.join(unknown[:5])}."
        )
    first, second = (np.array([place[row[name]] for row in asked], dtype=np.int64) for name in PAIR)
    scores = similar.pair_scores(tables.fields(rows, columns), first, second)
    header = [name for name in asked[0] if name != "score"] if asked else list(PAIR)
    lines = (
        [*(row[name] for name in header), f"{score:.6f}"] for row, score in zip(asked, scores, strict=True)
    )
    tables.write(out, [*header, "score"], lines)
    return {"n": len(asked), "texts": len(rows), "seconds": round(time.perf_counter() - begin, 3)}


def find_topics(file: Path, *, key: str, text: str, out: Path, when: str = "") -> dict[str, Any]:
    """Write id, topic and title of every row; rows without a topic have them empty.

    Topics are numbered from 1, the largest first; of equally large ones the one that began first, where `when` names
    a column of times that sort as text. Raises `tables.BadTableError` or OSError.
    """
    begin = time.perf_counter()
    columns = tables.columns_of(text)
    rows = tables.read(file, [key, *columns, *([when] if when else [])])
    found = topics.find(tables.fields(rows, columns))
    if when:
        found.sort(key=lambda topic: (-len(topic.members), min(rows[place][when] for place in topic.members)))
    topic_of = {place: number for number, topic in enumerate(found, start=1) for place in topic.members}
    lines = (
        [row[key], topic_of[place], found[topic_of[place] - 1].title]
        if place in topic_of
        else [row[key], "", ""]
        for place, row in enumerate(rows)
    )
    tables.write(out, ("id", "topic", "title"), lines)
    seconds = round(time.perf_counter() - begin, 3)
    return {"n": len(rows), "topics": len(found), "in_topics": len(topic_of), "seconds": seconds}


def find_personal_data(file: Path, *, text: str, out: Path) -> dict[str, Any]:
    """Write row (0 is the first after the header), start, end and type of every span found in one column.

    Raises `tables.BadTableError` or OSError.
    """
    begin = time.perf_counter()
    rows = tables.read(file, [text])
    spans = [(number, span) for number, row in enumerate(rows) for span in personal_data.find(row[text])]
    tables.write(out, ("row", "start", "end", "type"), ((number, *span) for number, span in spans))
    kinds = Counter(str(span.type) for _, span in spans)
    return {"n": len(rows), "spans": len(spans), **kinds, "seconds": round(time.perf_counter() - begin, 3)}
