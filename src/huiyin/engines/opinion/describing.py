"""What a map says, as JSON values: the same words and digits in a file, in the database and in an export."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

import huiyin
from huiyin.engines.opinion import clustering, ingest, mapping, statements

DIGITS = 9


def describe(
    found: mapping.OpinionMap, *, comments: ingest.Statements | None, seed: int, asked: int | None
) -> dict[str, Any]:
    """Return everything about statements and groups as JSON values, ids as text."""
    votes = found.votes
    names = [str(name) for name in votes.statements]
    sizes = np.bincount(found.grouping.labels[found.grouping.labels >= 0], minlength=found.grouping.k)
    shown = ~found.zeroed | found.meta
    priorities = {names[column]: _number(found.priorities[column]) for column in np.flatnonzero(shown)}
    if comments:
        priorities |= _unvoted(comments, voted=frozenset(names))
    return {
        "method": _method(found, seed=seed, asked=asked),
        "votes": {"received": votes.received, "counted": len(votes.indices)},
        "participants": votes.shape[0],
        "clusterable": int(np.count_nonzero(found.clusterable)),
        "statements": [_statement(found, column, comments) for column in range(len(names))],
        "groups": [
            {"group": g, "participants": int(sizes[g]), "centre": [_number(v) for v in centre]}
            for g, centre in enumerate(found.grouping.centres)
        ],
        "representative": {
            str(g): [_named(entry, names) for entry in entries]
            for g, entries in enumerate(found.representative)
        },
        "consensus": {
            answer: [_named(entry, names) for entry in entries] for answer, entries in found.consensus.items()
        },
        "priorities": priorities,
        "silhouettes": {str(k): _number(score) for k, score in found.grouping.silhouettes.items()},
        "explained": [
            _number(value / found.axes.total) if found.axes.total > 0 else 0.0
            for value in found.axes.strength
        ],
    }


def _method(found: mapping.OpinionMap, *, seed: int, asked: int | None) -> dict[str, Any]:
    return {
        "name": "principal components and k-means, as published by Polis",
        "version": huiyin.__version__,
        "seed": seed,
        "groups_asked_for": asked,
        "least_votes": min(clustering.MIN_VOTES, found.votes.shape[1]),
        "significant_z": statements.SIGNIFICANT,
        "moderated_out": int(np.count_nonzero(found.zeroed & ~found.meta)),
        "meta": int(np.count_nonzero(found.meta)),
    }


def _statement(found: mapping.OpinionMap, column: int, comments: ingest.Statements | None) -> dict[str, Any]:
    everyone, grouped = found.counts[-1], found.grouping.k
    name = str(found.votes.statements[column])
    x, y = found.statement_positions[column]
    entry: dict[str, Any] = {"statement": name}
    if comments:
        entry["text"] = comments.text.get(name, "")
    return entry | {
        "agrees": int(everyone.agrees[column]),
        "disagrees": int(everyone.disagrees[column]),
        "seen": int(everyone.seen[column]),
        "listed": not bool(found.zeroed[column]),
        "x": _number(x),
        "y": _number(y),
        "extremity": _number(np.hypot(x, y)),
        "group_aware_consensus": _number(found.group_aware_consensus[column]) if grouped else None,
        "by_group": [
            {
                "agrees": int(found.counts.agrees[g, column]),
                "disagrees": int(found.counts.disagrees[g, column]),
                "seen": int(found.counts.seen[g, column]),
            }
            for g in range(grouped)
        ],
    }


def _unvoted(comments: ingest.Statements, *, voted: frozenset[str]) -> dict[str, float]:
    """Return the priority of visible statements nobody voted on yet."""
    fresh = [name for name in comments.ids if name not in voted and name not in comments.moderated_out]
    none = np.zeros((1, len(fresh)), dtype=np.int64)
    meta = np.array([name in comments.meta for name in fresh], dtype=bool)
    found = statements.priorities(statements.Counts(none, none, none), np.zeros(len(fresh)), meta=meta)
    return dict(zip(fresh, map(_number, found), strict=True))


def _named(entry: statements.Representative | statements.Shared, names: list[str]) -> dict[str, Any]:
    fields = asdict(entry)
    return {
        "statement": names[fields.pop("column")],
        **{key: _number(value) if isinstance(value, float) else value for key, value in fields.items()},
    }


def _number(value: float) -> float:
    return round(float(value), DIGITS) + 0.0
