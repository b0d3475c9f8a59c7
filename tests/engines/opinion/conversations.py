"""Real conversations as the tests need them, and small invented ones."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from huiyin.engines.opinion import votes

PUBLISHED = (
    "15-per-hour-seattle",
    "american-assembly.bowling-green",
    "brexit-consensus",
    "canadian-electoral-reform",
    "london.youth.policing",
    "scoop-hivemind.affordable-housing",
    "scoop-hivemind.biodiversity",
    "scoop-hivemind.ubi",
    "vtaiwan.uberx",
)
REFERENCES = ("25ptpt-3gp-no-strict-with-meta", "50ptpt-3gp-strict-no-meta", "below-100-ptpts")


@dataclass
class Published:
    """participants-votes.csv and comments.csv of one conversation: matrix (nan where not voted), group or -1."""

    participants: np.ndarray
    statements: np.ndarray
    matrix: np.ndarray
    group: np.ndarray
    zeroed: np.ndarray

    def votes(self, order: np.ndarray | None = None) -> votes.VoteMatrix:
        """The votes, the participants optionally renamed so that they come in another order."""
        i, j = np.nonzero(np.isfinite(self.matrix))
        names = np.arange(len(self.participants)) if order is None else order
        return votes.from_columns(names[i], j, self.matrix[i, j].astype(int))


def published(shared_data: Path, name: str) -> Published:
    folder = shared_data / "polis" / "dev" / name
    with (folder / "participants-votes.csv").open(encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    first = header.index("n-disagree") + 1
    matrix = np.array([[float(cell) if cell else np.nan for cell in row[first:]] for row in rows])
    at = header.index("group-id")
    with (folder / "comments.csv").open(encoding="utf-8", newline="") as file:
        out = {row["comment-id"] for row in csv.DictReader(file) if row["moderated"] == "-1"}
    voted = np.isfinite(matrix).any(axis=0)
    statements = np.array(header[first:])[voted]
    return Published(
        np.array([int(row[0]) for row in rows]),
        statements,
        matrix[:, voted],
        np.array([int(row[at]) if row[at] else -1 for row in rows]),
        np.array([name in out for name in statements]),
    )


@dataclass
class Reference:
    """One conversation with the numbers the production engine published for it."""

    votes: votes.VoteMatrix
    zeroed: np.ndarray
    meta: np.ndarray
    labels: np.ndarray
    maths: dict

    def column(self, tid: int) -> int:
        return int(np.flatnonzero(self.votes.statements == tid)[0])


def reference(shared_data: Path, name: str) -> Reference:
    folder = shared_data / "polis_math_reference" / "dev" / name
    rows = json.loads((folder / "votes.json").read_text())
    maths = json.loads((folder / "math-pca2.json").read_text())
    triples = [
        (row.get("participant_id", row.get("pid")), row.get("statement_id", row.get("tid")), row["vote"])
        for row in rows
    ]
    triples += _missing_participant(triples, maths)
    matrix = votes.from_columns(*zip(*triples, strict=True))
    return Reference(
        matrix,
        np.isin(matrix.statements, maths["mod-out"]),
        np.isin(matrix.statements, maths["meta-tids"]),
        _labels(matrix, maths),
        maths,
    )


def _missing_participant(triples: list, maths: dict) -> list:
    """One reference counts a participant whose votes its votes.json lacks.

    The four statements whose published mean differs from that of the votes by exactly one disagreement are as many as
    the votes counted for that participant, so those are the votes.
    """
    known = {participant for participant, _, _ in triples}
    lost = {int(p): n for p, n in maths["user-vote-counts"].items() if int(p) not in known}
    if not lost:
        return []
    ((participant, number),) = lost.items()
    off = []
    for tid, centre in zip(maths["tids"], maths["pca"]["center"], strict=True):
        cast = [vote for _, statement, vote in triples if statement == tid]
        if tid not in maths["mod-out"] and abs(np.mean(cast) + centre) > 1e-9:
            assert np.mean([*cast, -1]) + centre == 0 or abs(np.mean([*cast, -1]) + centre) < 1e-9
            off.append(tid)
    assert len(off) == number
    return [(participant, tid, -1) for tid in off]


def _labels(matrix: votes.VoteMatrix, maths: dict) -> np.ndarray:
    base = maths["base-clusters"]
    members = dict(zip(base["id"], base["members"], strict=True))
    labels = np.full(matrix.shape[0], -1)
    for cluster in maths["group-clusters"]:
        for number in cluster["members"]:
            labels[np.isin(matrix.participants, members[number])] = cluster["id"]
    return labels


def planted(
    seed: int, *, participants: int = 60, statements: int = 24, groups: int = 3
) -> list[tuple[int, int, int, int]]:
    """Invented votes (participant, statement, vote, time) of people who think alike within their group."""
    rng = np.random.default_rng(seed)
    profile = rng.choice([-1, 1], size=(groups, statements))
    rows = []
    for person in range(participants):
        seen = rng.choice(statements, size=rng.integers(8, statements), replace=False)
        for statement in seen:
            vote = (
                int(profile[person % groups, statement]) if rng.random() < 0.85 else int(rng.integers(-1, 2))
            )
            rows.append((person, int(statement), vote, int(rng.integers(1_000_000))))
    return rows
