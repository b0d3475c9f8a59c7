"""`make check`: every check that needs no test run, each with one line; all are run, and any that fails is shown."""

import difflib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("src/huiyin/*/templates/**/*.html"))
PYTHON = ["src", "tests", "bench", ".ci"]
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", *PYTHON],
    "lint": ["ruff", "check", "--quiet", *PYTHON],
    "imports": ["lint-imports"],
    "types": ["mypy"],
    "templates: syntax": ["djade", "--check", "--target-version", "5.2", *TEMPLATES],
    "templates: lint": ["djlint", "--lint", "--quiet", *TEMPLATES],
    "migrations": ["huiyin", "makemigrations", "--check", "--dry-run"],
    "system and migration order": ["huiyin", "check"],
    "deployment": ["huiyin", "check", "--deploy", "--fail-level", "WARNING"],
    "generated pages": ["python", ".ci/reference.py", "--check"],
    "catalogues": ["python", ".ci/catalogues.py", "--check", "--missing"],
    "documentation": ["mkdocs", "build", "--quiet", "--strict", "--site-dir", "var/check/site"],
    "architecture": ["pytest", "-q", "-p", "no:cacheprovider", "tests/architecture"],
}
DEPLOYED = {"HUIYIN_BASE_URL": "https://huiyin.example", "HUIYIN_HOSTS": "huiyin.example"}


def main() -> int:
    """Run all checks, or those whose names are given; 1 if any failed."""
    chosen = sys.argv[1:] or [*CHECKS, "requirements.txt"]
    environment = {**os.environ, "HUIYIN_DATA": str(ROOT / "var" / "check"), "NO_MKDOCS_2_WARNING": "1"}
    failed = []
    for name in chosen:
        begun = time.monotonic()
        extra = DEPLOYED if name == "deployment" else {}
        output = exported() if name == "requirements.txt" else run(CHECKS[name], {**environment, **extra})
        passed = output is None
        line = f"{'ok  ' if passed else 'FAIL'}  {name} ({time.monotonic() - begun:.0f} s)"
        sys.stdout.write(f"{line}\n" if passed else f"{line}\n{output}\n")
        sys.stdout.flush()
        failed += [] if passed else [name]
    if failed:
        hint = "`make format`, `make docs` and `make requirements` mend what can be mended alone."
        sys.stdout.write(f"\nFailed: {', '.join(failed)}. {hint}\n")
    return 1 if failed else 0


def run(command: list[str], environment: dict[str, str]) -> str | None:
    """None if the command succeeded, else what it printed."""
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return None if done.returncode == 0 else (done.stdout + done.stderr)[-8000:]


def exported() -> str | None:
    """Compare requirements.txt with the lock file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "requirements.txt"
        arguments = ["export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-header"]
        output = run(["uv", *arguments, "--output-file", str(target)], dict(os.environ))
        if output is not None:
            return output
        now = (ROOT / "requirements.txt").read_text().splitlines()
        lines = list(difflib.unified_diff(now, target.read_text().splitlines(), lineterm="", n=0))
    return "\n".join([*lines[:40], "Run `make requirements`."]) if lines else None


if __name__ == "__main__":
    sys.exit(main())
