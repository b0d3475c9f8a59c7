"""Writes the generated pages of docs/reference, or compares them (`--check`).

Settings, commands, who may do what, the life of a case, and what is personal in each model are read from the code, so
that these pages cannot say anything else than the code does.
"""

import ast
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
NOTE = "<!-- Written by .ci/reference.py from the code; `make docs` writes it anew. -->\n\n"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
os.environ["HUIYIN_DATA"] = str(ROOT / "var" / "check")

import django

django.setup()

from django.core.management import get_commands, load_command_class
from django.utils import translation

from huiyin.accounts import logic as accounts
from huiyin.accounts.enums import Permission, Role
from huiyin.cases import logic as cases
from huiyin.cases.enums import State
from huiyin.consultations import logic as consultations
from huiyin.interop.rest import api
from huiyin.privacy import queries as privacy


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '∣') for cell in line)} |" for line in lines) + "\n"


def settings() -> str:
    rows = [list(row) for row in sorted({*_variables(ROOT / "src/huiyin/config/settings.py")})]
    return (
        "# Settings\n\nAll are read from the environment at the start; none is needed to try it. What a city"
        " decides for itself while it runs (limits, calendars, channels) is changed on the screens under Manage.\n\n"
        + table(["Variable", "Kind", "Without it", "Meaning"], rows)
    )


def _variables(path: Path) -> Iterator[tuple[str, str, str, str]]:
    source = path.read_text()
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        kind = {"env.text": "text", "env.flag": "yes or no", "env.integer": "whole number", "env.folder": "folder",
                "env.words": "list with commas", "secrets.value": "secret"}.get(ast.unparse(node.func))  # fmt: skip
        name = str(node.args[0].value)
        if kind is None or not name.isupper():
            continue
        yield name, kind, _default(kind, node), MEANINGS.get(name) or _comment(lines, node.lineno)
    yield (
        "HUIYIN_VAULT_KEYS",
        "list with commas",
        "made once, kept in the data folder",
        MEANINGS["HUIYIN_VAULT_KEYS"],
    )


def _default(kind: str, node: ast.Call) -> str:
    if kind == "secret":
        return "made once, kept in the data folder"
    if len(node.args) > 1:
        given = node.args[1].args[0] if isinstance(node.args[1], ast.Call) else node.args[1]
        return f"`{given.value}`" if isinstance(given, ast.Constant) else "see settings.py"
    return {"yes or no": "no"}.get(kind, "empty")


def _comment(lines: list[str], number: int) -> str:
    above = lines[number - 2].strip()
    return above.removeprefix("# ") if above.startswith("# ") and not above.startswith("# ---") else ""


MEANINGS = {
    "DATABASE_URL": "`postgresql://user:password@host:port/name`; without it Huiyin runs a PostgreSQL of its own",
    "HUIYIN_BASE_URL": "address under which people reach the site; `https://` switches secure cookies and HSTS on",
    "HUIYIN_DATA": "folder of files, keys, static files and the embedded database",
    "HUIYIN_DEBUG": "for developers only: shows errors with their source",
    "HUIYIN_DEMO": "a demonstration: says so on every screen, needs no second factor",
    "HUIYIN_TESTING": "for the tests only: cheap password hashes, an unsafe but fast embedded database",
    "HUIYIN_HOSTS": "names under which the site answers",
    "HUIYIN_PROXIES": "number of reverse proxies in front; 0: the peer's address is the client's",
    "HUIYIN_SECRET_KEY": "signs sessions and hashes look-up codes; keep it with the backups",
    "HUIYIN_LOG_KEY": "signs the tree heads of the public log (Ed25519 seed); keep it with the backups",
    "HUIYIN_VAULT_KEYS": "encrypt contact data, newest first; without them backups of contacts cannot be read",
    "HUIYIN_NAME_EN": "name of the city in English",
    "HUIYIN_NAME_ZH_HANS": "name of the city in simplified Chinese",
    "HUIYIN_NAME_ZH_HANT": "name of the city in traditional Chinese",
    "HUIYIN_LANGUAGE": "language for those whose browser asks for none of ours: zh-hans, zh-hant, en",
    "HUIYIN_TIME_ZONE": "time zone of the office",
    "HUIYIN_MAP_STYLE": "address of a MapLibre style; without it no map is offered and places are typed",
    "HUIYIN_MAP_HOSTS": "hosts that the map may load from",
    "HUIYIN_FILE_MAX_MB": "largest file, in megabytes",
    "HUIYIN_FILES_PER_CASE": "most files in one case",
    "HUIYIN_READS_PER_MINUTE": "reads without a key through the interfaces, for one internet address; 0: no limit",
    "HUIYIN_REGISTER": "class that knows residents, for consultations that only residents take part in",
    "HUIYIN_OPEN_DATA_LICENCE": "licence of the daily files of published cases, with its address",
    "HUIYIN_REACH_PRIVATE": "lets web hooks lead into the own network, and over http",
    "HUIYIN_MAIL_ADDRESS": "address to which people write; mails to it become cases, answers to notices join theirs",
    "HUIYIN_IMAP_HOST": "mailbox (IMAP, TLS), read every minute; without it mails come by `huiyin receive_mail`",
    "HUIYIN_IMAP_PORT": "port of the mailbox",
    "HUIYIN_IMAP_USER": "user at the mailbox",
    "HUIYIN_IMAP_PASSWORD": "password at the mailbox",
    "HUIYIN_IMAP_FOLDER": "folder of the mailbox that is read",
    "HUIYIN_FILE_SCANNER": "class that inspects files before they are kept",
    "HUIYIN_EMAIL_HOST": "mail server; without it no mail is sent and people follow their case with number and code",
    "HUIYIN_EMAIL_PORT": "port of the mail server",
    "HUIYIN_EMAIL_USER": "user at the mail server",
    "HUIYIN_EMAIL_PASSWORD": "password at the mail server",
    "HUIYIN_EMAIL_TLS": "whether STARTTLS is used",
    "HUIYIN_EMAIL_FROM": "sender of mails",
    "HUIYIN_EMAIL_BACKEND": "Django's mail backend, for other ways of sending",
    "HUIYIN_LOG_JSON": "logs as JSON lines, for machines",
    "HUIYIN_LOG_LEVEL": "least important kind of log line that is printed",
}


def commands() -> str:
    ours = sorted(name for name, app in get_commands().items() if str(app).startswith("huiyin."))
    parts = ["# Commands\n\n`huiyin --help` lists them, with Django's own.\n"]
    for name in ours:
        parser = load_command_class(str(get_commands()[name]), name).create_parser("huiyin", name)
        hidden = {"help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color",
                  "skip_checks"}  # fmt: skip
        # argparse has no public way to list its options.
        options = [action for action in parser._actions if action.dest not in hidden]  # noqa: SLF001
        parts.append(f"## {name}\n\n{(parser.description or '').strip()}\n")
        if options:
            rows = [[f"`{', '.join(a.option_strings) or a.dest}`", a.help or ""] for a in options]
            parts.append(table(["Option", "Meaning"], rows))
    return "\n".join(parts)


def roles() -> str:
    head = ["Permission", *(str(role.label) for role in Role)]
    rows = [[str(p.label), *("✓" if p in accounts.GRANTS[role] else "" for role in Role)] for p in Permission]
    return (
        "# Who may do what\n\nA role held in a unit counts for that unit; permissions that name “the own unit” hold"
        " nowhere else. The table is `huiyin.accounts.logic.GRANTS`; a test proves it action by action.\n\n"
        + table(head, rows)
    )


def lifecycle() -> str:
    edges: dict[tuple[State, State], list[str]] = {}
    for move in cases.MOVES:
        for source in move.sources:
            if move.target is not None:
                edges.setdefault((source, move.target), []).append(str(move.action.value))
    diagram = ["```mermaid", "stateDiagram-v2", "  [*] --> received"]
    diagram += [
        f"  {a.value} --> {b.value}: {', '.join(sorted(set(names)))}" for (a, b), names in edges.items()
    ]
    rows = [
        [
            move.action.value,
            ", ".join(s.value for s in move.sources) if len(move.sources) < len(State) else "any",
            move.target.value if move.target else "stays",
            ", ".join(sorted(party.value for party in move.parties)),
            ", ".join(need.value.replace("_", " ") for need in move.needs),
        ]
        for move in cases.MOVES
    ]
    return (
        "# The life of a case\n\nEvery move stands in one table, `huiyin.cases.logic.MOVES`; whatever is not in it"
        " cannot happen.\n\n"
        + "\n".join([*diagram, "```"])
        + "\n\n"
        + table(["Action", "From", "To", "Who", "Needs"], rows)
    )


def consultation_phases() -> str:
    diagram = ["```mermaid", "stateDiagram-v2", "  [*] --> draft"]
    diagram += [
        f"  {source.value} --> {move.target.value}: {move.action.value}"
        for move in consultations.MOVES
        for source in move.sources
        if move.target is not None
    ]
    rows = [
        [
            move.action.value,
            ", ".join(state.value for state in move.sources),
            move.target.value if move.target else "stays",
            ", ".join(sorted(party.value for party in move.parties)),
            ", ".join(need.value.replace("_", " ") for need in move.needs),
        ]
        for move in consultations.MOVES
    ]
    return (
        "# The life of a consultation\n\nEvery step stands in one table, `huiyin.consultations.logic.MOVES`; whatever"
        " is not in it cannot happen. None can be archived unanswered.\n\n"
        + "\n".join([*diagram, "```"])
        + "\n\n"
        + table(["Action", "From", "To", "Who", "Needs"], rows)
        + "\n\n## The life of a promise\n\nBehind an answer that adopts something there may be a promise"
        " (`huiyin.consultations.logic.PROMISE_MOVES`). It is late when its day has passed and nobody said what"
        " became of it.\n\n"
        + "\n".join(["```mermaid", "stateDiagram-v2", "  [*] --> open", *promise_moves(), "```"])
        + "\n"
    )


def promise_moves() -> list[str]:
    return [
        f"  {source.value} --> {move.target.value}"
        for move in consultations.PROMISE_MOVES
        for source in move.sources
    ]


def personal() -> str:
    declared = sorted(privacy.declarations(), key=lambda model: model.label)
    rows = [
        [
            model.label,
            name,
            ", ".join(filter(None, [": ".join(filter(None, [done.verb, done.reason])), *done.keys])),
        ]
        for model in declared
        for name, done in sorted(model.fields.items())
    ]
    export = [[model.label, model.not_exported or "yes"] for model in declared if model.subject is not None]
    return (
        "# Personal data\n\nEvery field that can hold something about a person, and what erasing does to it: the row"
        " goes (`delete`), the field is emptied (`blank`, `null`, or `drop` for single facts), a job removes the row by"
        " age (`expires`), or it stays for the reason given (`keep`). Why it is so:"
        " [What becomes of personal data](../explanation/personal-data.md).\n\n"
        + table(["Model", "Field", "Erasing"], rows)
        + "\nWhat belongs to a case, and whether it is in the person's own export:\n\n"
        + table(["Model", "In the export"], export)
    )


def interface() -> str:
    described = api.description()
    parts = [
        "# REST interface\n\n"
        + described["info"]["description"]
        + "\n\nThe description for programs (OpenAPI 3.1) is at `/api/openapi.json` of every installation. How to"
        " begin: [Connect a program](../how-to/connect-programs.md).\n"
    ]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            parts.append(f"## {method.upper()} {path}\n\n{operation.get('description', '').strip()}\n")
            rows = [
                [f"`{one['name']}`", one["in"], _kind(one["schema"]), one.get("description", "")]
                for one in operation["parameters"]
            ]
            parts.append(table(["Parameter", "In", "Type", "Meaning"], rows))
            body = operation.get("requestBody", {}).get("content", {})
            sent = [f"{name}: {_kind(content['schema'])}" for name, content in body.items()]
            good = [
                f"{status}: {_kind(next(iter(answer['content'].values()))['schema'])}"
                for status, answer in operation["responses"].items()
                if int(status) < 300
            ]
            bad = [str(status) for status in operation["responses"] if int(status) >= 300]
            lines = [f"Body: {', '.join(sent)}  "] if sent else []
            parts.append("\n".join([*lines, f"Answer: {', '.join(good)}  ", f"Others: {', '.join(bad)}\n"]))
    parts.append("## Types\n")
    for name, schema in sorted(described["components"]["schemas"].items()):
        if "properties" in schema:
            parts.append(f"### {name}\n\n{schema.get('description', '').strip()}\n")
            rows = [
                [
                    f"`{field}`",
                    _kind(of),
                    "yes" if field in schema.get("required", ()) else "",
                    of.get("description", ""),
                ]
                for field, of in schema["properties"].items()
            ]
            parts.append(table(["Field", "Type", "Always", "Meaning"], rows))
    return "\n".join(parts)


def _kind(schema: dict[str, object]) -> str:
    if "$ref" in schema:
        return f"[{(name := str(schema['$ref']).rsplit('/', 1)[-1])}](#{name.lower()})"
    for several in ("anyOf", "allOf"):
        if several in schema:
            return " or ".join(_kind(one) for one in schema[several])  # type: ignore[attr-defined]  # a list, by JSON Schema
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])  # type: ignore[attr-defined]  # a list, by JSON Schema
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"  # type: ignore[arg-type]  # a schema, likewise
    return str(schema.get("format") or schema.get("type") or "any")


WRITERS: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "commands.md": commands,
    "roles.md": roles,
    "lifecycle.md": lifecycle,
    "consultations.md": consultation_phases,
    "personal-data.md": personal,
    "api.md": interface,
}


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    wrong = []
    with translation.override("en"):
        pages = {PAGES / name: NOTE + write() for name, write in WRITERS.items()}
    for path, text in pages.items():
        if check and (not path.is_file() or path.read_text() != text):
            wrong.append(str(path.relative_to(ROOT)))
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if wrong:
        sys.stdout.write(f"Out of date: {', '.join(wrong)}. Run `make docs`.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
