"""Both Chinese catalogues are complete, keep their placeholders, and are written the way a good clerk writes."""

import importlib.util
import re
from collections import Counter
from pathlib import Path

import opencc
import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("catalogues", ROOT / ".ci" / "catalogues.py")
catalogues = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(catalogues)
PATHS = {"zh-hans": catalogues.SIMPLIFIED, "zh-hant": catalogues.TRADITIONAL}
READ = {language: catalogues.read(path) for language, path in PATHS.items()}
EXTRACTED = catalogues.extracted()

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%\{\w+\}|(?<![%{])\{\w+\}|</?\w+")
HAN = r"[\u3400-\u9fff]"
BANNED = re.compile(
    "尽快|高度重视|[相有]关部门|请注意|你|！|儘快|高度重視|[相有]關部門|請注意|妳|數據|通過|軟件"
)
HALF_WIDTH = re.compile(rf"{HAN}\s*[,;:?!]|[,;?!]\s*{HAN}|{HAN}\.(?!\w)|{HAN}\(|\({HAN}|{HAN}\"|\"{HAN}")
LONE_SPACE = re.compile(rf"{HAN} +{HAN}")
# Names of languages are written in their own script everywhere.
OWN_SCRIPT = {"简体中文", "繁體中文"}
# Characters that are right in Traditional text too, though OpenCC has a second form of each.
BOTH_SCRIPTS = set("台群")


def messages(language):
    return [message for message in READ[language] if message.id]


def keys(catalog):
    return {(message.context, message.id) for message in catalog if message.id}


def wrong(language, check):
    said = [(message, catalogues.translation(message)) for message in messages(language)]
    return [(message.id, text) for message, text in said if check(message, text)]


@pytest.mark.parametrize("language", PATHS)
def test_the_catalogue_has_what_is_said_and_nothing_else(language):
    assert len(keys(EXTRACTED)) > 1000
    new, gone = keys(EXTRACTED) - keys(READ[language]), keys(READ[language]) - keys(EXTRACTED)
    assert not (new | gone), "run `make messages`, then translate what is new"


@pytest.mark.parametrize("language", PATHS)
def test_everything_is_translated(language):
    assert not wrong(language, lambda message, text: not text.strip() or message.fuzzy)


@pytest.mark.parametrize("language", PATHS)
def test_placeholders_and_tags_are_kept(language):
    def lost(message, text):
        sources = [message.id] if isinstance(message.id, str) else message.id
        kept = Counter(PLACEHOLDER.findall(text))
        return kept not in [Counter(PLACEHOLDER.findall(source)) for source in sources]

    assert not wrong(language, lost)


@pytest.mark.parametrize("language", PATHS)
def test_words_that_a_good_clerk_does_not_write(language):
    assert not wrong(language, lambda message, text: BANNED.search(text))


@pytest.mark.parametrize("language", PATHS)
def test_punctuation_is_full_width(language):
    def half(message, text):
        return HALF_WIDTH.search(text) or LONE_SPACE.search(text)

    assert not wrong(language, half)


def test_a_sentence_ends_in_chinese_where_it_ends_in_english():
    def differs(message, text):
        return catalogues.english(message).endswith(".") != text.endswith("。") and len(text) > 1

    assert not wrong("zh-hans", differs)


def test_no_simplified_characters_in_traditional_text():
    converter = opencc.OpenCC("s2t")
    said = {catalogues.translation(message) for message in messages("zh-hant")} - OWN_SCRIPT
    in_use = set("".join(said))
    assert not sorted(letter for letter in in_use - BOTH_SCRIPTS if converter.convert(letter) != letter)


def test_traditional_text_is_made_from_the_simplified():
    made = catalogues.written(catalogues.traditional(READ["zh-hans"]), "zh_Hant")
    assert catalogues.TRADITIONAL.read_text() == made, "run `make messages`"


def test_corrections_of_sentences_are_of_sentences_that_are_said():
    said = {catalogues.english(message) for message in messages("zh-hant")}
    assert not set(catalogues.corrections()["sentences"]) - said


def test_texts_given_to_gettext_are_written_out():
    """A text put together before it is given to gettext is in no catalogue."""
    composed = []
    for path in (ROOT / "src").rglob("*.py"):
        if "gettext" in (source := path.read_text()):
            composed += [f"{path.name}: {call}" for call in catalogues.composed(source)]
    assert not composed
