"""An opinion map from files to files: votes.csv and comments.csv in, groups as CSV and statements as JSON out."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from huiyin.engines.opinion import describing, ingest, mapping
from huiyin.engines.opinion.votes import Bools, VoteMatrix


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
    report = describing.describe(found, comments=comments, seed=seed, asked=groups)
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
            "x": np.round(found.positions[:, 0], describing.DIGITS) + 0.0,
            "y": np.round(found.positions[:, 1], describing.DIGITS) + 0.0,
        }
    )
    with out.open("wb") as file:
        file.write(",".join(table.column_names).encode() + b"\n")
        pa.csv.write_csv(
            table, file, write_options=pa.csv.WriteOptions(include_header=False, quoting_style="needed")
        )
