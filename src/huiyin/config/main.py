"""The command `huiyin`: Django's management commands under one name, with a first page that reads well."""

import os
import sys
import textwrap
from collections.abc import Iterable, Mapping

GROUPS = {
    "Serve": ("serve", "worker", "demo", "prepare"),
    "Bring in and take out": ("import_cases", "export_cases"),
    "Prove": ("receipt_verify", "audit_verify"),
    "Keep in order": ("add_administrator", "check", "migrate"),
}


def main() -> None:
    """Run one command; `huiyin`, `huiyin --help` and `huiyin help` list them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
    arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        # A demonstration keeps to itself: its own folder, and the word "demonstration" on every screen.
        os.environ.setdefault("HUIYIN_DEMO", "1")
        os.environ.setdefault("HUIYIN_DATA", "var/demo")
    import django  # noqa: PLC0415 -- after the environment is set
    from django.core import management  # noqa: PLC0415

    if arguments in ([], ["help"], ["-h"], ["--help"]):
        django.setup()
        sys.stdout.write(_overview(management.get_commands()))
        return
    management.execute_from_command_line(["huiyin", *arguments])


def _overview(commands: Mapping[str, object]) -> str:
    ours = {name for name, app in commands.items() if str(app).startswith("huiyin.")}
    grouped = {name for names in GROUPS.values() for name in names}
    groups = {title: [name for name in names if name in commands] for title, names in GROUPS.items()}
    groups["More of Huiyin"] = sorted(ours - grouped)
    lines = ["huiyin COMMAND [options]     huiyin COMMAND --help tells all about one command.", ""]
    for title, names in groups.items():
        if names:
            lines += [title, *(f"  {name:<18} {_first_line(commands, name)}" for name in names), ""]
    lines += ["Django's own", *_wrapped(sorted(set(commands) - ours - grouped)), ""]
    return "\n".join(lines)


def _first_line(commands: Mapping[str, object], name: str) -> str:
    from django.core.management import load_command_class  # noqa: PLC0415 -- only for the first page

    command = load_command_class(str(commands[name]), name)
    sentence, _dot, _more = str(command.help or "").strip().partition(". ")
    return textwrap.shorten(sentence.rstrip("."), 100, placeholder=" …")


def _wrapped(words: Iterable[str], width: int = 100) -> list[str]:
    lines, line = [], " "
    for word in words:
        if len(line) + len(word) > width:
            lines.append(line)
            line = " "
        line += f" {word}"
    return [*lines, line]


if __name__ == "__main__":
    main()
