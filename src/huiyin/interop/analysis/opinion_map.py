"""An opinion map from files to files: votes.csv and comments.csv in, groups as CSV and statements as JSON out."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

import huiyin
from huiyin.engines.opinion import clustering, ingest, mapping, statements
from huiyin.engines.opinion.votes import Bools, VoteMatrix

DIGITS = 9


def run(
    votes_file: Path,
    *,
    out: Path,
    statements_out: Path,
    comments_file: Path | None = None,
    groups: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Compute the map of `votes_file`, write both files and return what the JSON holds.

    Raises BadVotesError (an input file cannot be used), clustering.TooFewOpinionsError (`groups` cannot be formed)
    or OSError. Nothing is written before everything is computed.
    """
    begin = time.perf_counter()
    comments = ingest.read_statements(comments_file) if comments_file else None
    votes = ingest.read_votes(votes_file)
    warnings = list(comments.warnings) if comments else []
    if comments:
        votes, unknown = ingest.without_unknown(votes, known=comments.ids)
        if unknown:
            warnings.append(
                f"{unknown} votes on statements that {comments_file} does not list were left out."
            )
    if not len(votes.indices):
        warnings.append(f"{votes_file.name} holds no votes; the map is empty.")
    read = time.perf_counter() - begin
    found = mapping.compute(
        votes,
        zeroed=_marked(votes, comments.moderated_out if comments else frozenset()),
        meta=_marked(votes, comments.meta if comments else frozenset()),
        groups=groups,
        seed=seed,
    )
    report = describe(found, comments=comments, seed=seed, asked=groups)
    report["warnings"] = warnings
    write_groups(found, out)
    report["timings"] = {"read": read, **found.seconds, "total": time.perf_counter() - begin}
    statements_out.write_text(
        json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
    return report


def _marked(votes: VoteMatrix, names: frozenset[str]) -> Bools:
    return np.array([str(name) in names for name in votes.statements], dtype=bool)


def write_groups(found: mapping.OpinionMap, out: Path) -> None:
    """Write voter-id, group (empty for those who voted too little to be placed), x and y; one row per participant."""
    labels = found.grouping.labels
    ids = found.votes.participants
    table = pa.table(
        {
            "voter-id": pa.array(ids, type=None if ids.dtype.kind == "i" else pa.string()),
            "group": pa.array(labels, mask=labels < 0),
            "x": np.round(found.positions[:, 0], DIGITS) + 0.0,
            "y": np.round(found.positions[:, 1], DIGITS) + 0.0,
        }
    )
    with out.open("wb") as file:
        file.write(",".join(table.column_names).encode() + b"\n")
        pa.csv.write_csv(
            table, file, write_options=pa.csv.WriteOptions(include_header=False, quoting_style="needed")
        )


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
