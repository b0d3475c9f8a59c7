"""Brings the Chinese catalogues up to date with the words in code and templates (`make messages`).

The Simplified catalogue is written by people; what is new is added to it without a translation, what nobody says any
more is dropped. The Traditional one is made from it by OpenCC and `.ci/zh_Hant.toml`, which corrects single words and
whole sentences. Both are sorted and carry no line numbers, so that two branches can each add words.

`--check` writes nothing and fails if something would be written; `--missing` prints what has no translation yet.
"""

import argparse
import ast
import io
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import django.conf
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from django.utils.translation.template import templatize
from opencc import OpenCC

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "huiyin"
SIMPLIFIED = SOURCE / "web/locale/zh_Hans/LC_MESSAGES/django.po"
TRADITIONAL = SOURCE / "web/locale/zh_Hant/LC_MESSAGES/django.po"
CORRECTIONS = ROOT / ".ci" / "zh_Hant.toml"
HEADER = """# Huiyin. Licence: Apache-2.0.
msgid ""
msgstr ""
"Project-Id-Version: Huiyin\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""
# Which arguments are (context, text, plural).
SINGLE, PLURAL, IN_CONTEXT, PLURAL_IN_CONTEXT = (None, 0, None), (None, 0, 1), (0, 1, None), (0, 1, 2)
KEYWORDS = {
    "_": SINGLE, "gettext": SINGLE, "gettext_lazy": SINGLE, "gettext_noop": SINGLE,
    "ngettext": PLURAL, "ngettext_lazy": PLURAL, "pgettext": IN_CONTEXT, "pgettext_lazy": IN_CONTEXT,
    "npgettext": PLURAL_IN_CONTEXT, "npgettext_lazy": PLURAL_IN_CONTEXT,
}  # fmt: skip
LITERAL = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)

Words = tuple[str | None, str, str | None]


def python_words(source: str) -> Iterator[Words]:
    """All literal texts given to gettext in a Python module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in KEYWORDS:
            texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield from _words(name, texts)


def template_words(source: str) -> Iterator[Words]:
    """All literal texts of a template, by Django's own reading of it."""
    for name, arguments in CALL.findall(templatize(source)):
        texts = re.findall(LITERAL, arguments, re.DOTALL)
        yield from _words(name, [ast.literal_eval(text) for text in texts])


def composed(source: str) -> list[str]:
    """Calls of gettext in a Python module whose text is not written out."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in KEYWORDS
        and node.args
        and not isinstance(node.args[0], ast.Constant)
    ]


def _words(name: str, texts: list[object]) -> Iterator[Words]:
    def text(place: int | None) -> str | None:
        found = texts[place] if place is not None and place < len(texts) else None
        return found if isinstance(found, str) else None

    context, single, plural = KEYWORDS[name]
    if said := text(single):
        yield text(context), said, text(plural)


def extracted() -> Catalog:
    """Everything that the product says, without translations."""
    if not django.conf.settings.configured:
        django.conf.settings.configure()
    catalog = Catalog(locale="zh_Hans")
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            found = python_words(path.read_text())
        elif path.suffix in {".html", ".txt", ".xml"} and "templates" in path.parts:
            found = template_words(path.read_text())
        else:
            continue
        for context, single, plural in found:
            catalog.add((single, plural) if plural else single, context=context)
    return catalog


def merged(said: Catalog, known: Catalog) -> Catalog:
    """All that is said, with the translations that are known."""
    catalog = Catalog(locale="zh_Hans")
    for message in said:
        if message.id:
            old = known.get(message.id, message.context)
            text = translation(old) if old else ""
            catalog.add(message.id, (text,) if message.pluralizable else text, context=message.context)
    return catalog


def traditional(catalog: Catalog) -> Catalog:
    """The Simplified catalogue in Traditional characters and words."""
    corrected = corrections()
    converter = OpenCC("s2twp")
    result = Catalog(locale="zh_Hans")
    for message in catalog:
        if not message.id:
            continue
        text = converter.convert(translation(message))
        for wrong, right in corrected["words"].items():
            text = text.replace(wrong, right)
        text = corrected["sentences"].get(english(message), text) if text else text
        result.add(message.id, (text,) if message.pluralizable else text, context=message.context)
    return result


def corrections() -> dict[str, dict[str, str]]:
    """What OpenCC does not know: `words` after its conversion, and `sentences` by their English text."""
    return tomllib.loads(CORRECTIONS.read_text())


def english(message: Message) -> str:
    """The English text, of plurals the singular."""
    return str(message.id if isinstance(message.id, str) else message.id[0])


def translation(message: Message) -> str:
    """The Chinese text: Chinese has one form for all numbers."""
    return str(message.string if isinstance(message.string, str) else message.string[0])


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return pofile.read_po(file, locale="zh_Hans")


def written(catalog: Catalog, language: str) -> str:
    """The catalogue as a file: one line per text, sorted, no line numbers."""
    buffer = io.BytesIO()
    pofile.write_po(buffer, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    return HEADER.format(language=language) + "\n" + buffer.getvalue().decode().strip() + "\n"


def missing(catalog: Catalog) -> list[str]:
    """What has no translation."""
    return [english(message) for message in catalog if message.id and not translation(message)]


def main() -> int:
    """Write both catalogues, or compare them; 1 if anything is missing or differs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing")
    options.add_argument("--missing", action="store_true", help="print what has no translation")
    chosen = options.parse_args()
    simplified = merged(extracted(), read(SIMPLIFIED))
    outdated = []
    for path, catalog, language in (
        (SIMPLIFIED, simplified, "zh_Hans"),
        (TRADITIONAL, traditional(simplified), "zh_Hant"),
    ):
        text = written(catalog, language)
        if path.read_text() != text:
            outdated.append(path)
            if not chosen.check:
                path.write_text(text)
    untranslated = missing(simplified)
    if chosen.missing:
        sys.stdout.writelines(f"{text!r}\n" for text in untranslated)
    sys.stdout.write(f"{len(simplified)} texts, {len(untranslated)} without a translation\n")
    return 1 if untranslated or (chosen.check and outdated) else 0


if __name__ == "__main__":
    sys.exit(main())
