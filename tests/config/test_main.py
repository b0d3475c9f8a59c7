"""The command `huiyin` and its first page."""

import os
import subprocess
import sys

from huiyin.config import main


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "huiyin.config.main", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_first_page_lists_our_commands_with_a_line_each_and_then_djangos():
    page = run().stdout
    ours, djangos = page.split("Django's own")
    for name in ("serve", "worker", "audit_verify", "receipt_verify", "add_administrator"):
        line = next(line for line in ours.splitlines() if line.split()[:1] == [name])
        assert len(line.split()) > 4, f"{name} does not say what it does"
    assert "makemigrations" in djangos
    assert all(len(line) <= 130 for line in page.splitlines())


def test_help_of_one_command_is_djangos():
    assert "--no-worker" in run("serve", "--help").stdout


def test_a_demonstration_keeps_to_itself(monkeypatch):
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(sys, "argv", ["huiyin", "demo"])
    monkeypatch.setattr("django.core.management.execute_from_command_line", lambda _arguments: None)
    main.main()
    assert (os.environ["HUIYIN_DEMO"], os.environ["HUIYIN_DATA"]) == ("1", "var/demo")


def test_a_deployment_is_checked_without_a_warning(tmp_path):
    done = run(
        "check", "--deploy", "--fail-level", "WARNING",
        HUIYIN_TESTING="", DJANGO_ALLOW_ASYNC_UNSAFE="", HUIYIN_BASE_URL="https://city.example", HUIYIN_HOSTS="city.example", HUIYIN_DATA=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
