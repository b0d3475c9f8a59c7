"""Small pieces: functions of at most 60 lines (100 in tests and benchmarks), files of at most 400."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    path
    for folder in ("src", "tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]


def test_files():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert len(long) > 50
    assert not {name: lines for name, lines in long.items() if lines > 400}


def test_functions():
    long = {}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                # Fixtures that lay out a whole case are tables in disguise.
                if lines > (60 if path.is_relative_to(ROOT / "src") else 100):
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert not long


def test_no_module_with_a_name_that_means_anything():
    names = {"utils", "helpers", "services", "signals", "tasks", "misc", "common"}
    assert not [str(path) for path in (ROOT / "src").rglob("*.py") if path.stem in names]
