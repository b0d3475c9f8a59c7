"""Files to import, and imports with everything that they need."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from huiyin.usecases.bulk import importing


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """`table(["编号", "内容"], ["1", "路灯坏了"])` writes a CSV file."""

    def write(*rows, name="cases.csv", encoding="utf-8", delimiter=",") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as handle:
            csv.writer(handle, delimiter=delimiter).writerows(rows)
        return path

    return write


@pytest.fixture
def load() -> Callable[..., importing.Figures]:
    """`load(path, creates_units=True)` imports in this process, as the system."""

    def run(path: Path, **options) -> importing.Figures:
        return importing.run(path, options=importing.Options(**{"workers": 0} | options), actor="system")

    return run


def refused(path: Path) -> list[dict[str, str]]:
    """The rows of FILE.errors.csv."""
    beside = path.with_name(f"{path.name}.errors.csv")
    if not beside.exists():
        return []
    with beside.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))
