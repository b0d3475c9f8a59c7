"""Every template is used, and none says what a good clerk would not."""

import re
from pathlib import Path

import allauth
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "huiyin"
TEMPLATES = {
    str(path.relative_to(folder)): path
    for folder in SOURCE.glob("*/templates")
    for path in folder.rglob("*")
    if path.is_file()
}
THEIRS = Path(allauth.__file__).parent / "templates"
# Django and our middleware choose these by the status of the answer.
BY_STATUS = re.compile(r"\d{3}\.html")
NEVER_SAID = (
    "请尽快",
    "高度重视",
    "相关部门",
    "有关部门",
    "請儘快",
    "高度重視",
    "相關部門",
    "有關部門",
    "please note",
    "Please note",
)


def references() -> str:
    files = [path for kind in ("*.py", "*.html", "*.txt", "*.xml") for path in SOURCE.rglob(kind)]
    return "\n".join(path.read_text() for path in files)


def test_every_template_is_used():
    text = references()
    # f"components/field_{kind}.html" and "components/field_"|add:kind use every template that fits.
    composed = [
        re.compile(re.sub(r"\\\{[^}]*\\\}", "[a-z0-9_]+", re.escape(name)))
        for name in re.findall(r'f"([\w/{}.]*\{[\w.]+\}[\w/{}.]*\.(?:html|txt))"', text)
    ]
    unused = [
        name
        for name in TEMPLATES
        if f'"{name}"' not in text
        and f"'{name}'" not in text
        and not BY_STATUS.fullmatch(name)
        and not (THEIRS / name).is_file()
        and not any(pattern.fullmatch(name) for pattern in composed)
    ]
    assert not unused


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_words_that_say_nothing_are_not_said(name):
    text = TEMPLATES[name].read_text()
    assert not [words for words in NEVER_SAID if words in text]


def test_nor_in_the_translations():
    catalogues = "\n".join(path.read_text() for path in SOURCE.glob("*/locale/*/LC_MESSAGES/*.po"))
    assert not [words for words in NEVER_SAID if words in catalogues]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_templates_load_nothing_from_elsewhere(name):
    text = TEMPLATES[name].read_text()
    assert not re.search(r"""(src|href)=["']https?://(?!www\.w3\.org)[^"']+\.(js|css|woff2?|png|svg)""", text)
    assert not re.search(r"<style|\son(click|change|submit|load)=", text), (
        "the content security policy stops this"
    )
