import time

import hypothesis
import opencc
import pytest
import rjieba
from hypothesis import strategies as st

from huiyin.engines.text import pipeline

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
HAN = st.text(
    st.sampled_from("乾坤乾燥後裏面著瞭噪聲音薴苧豈臺台灣製作髮發干後AaÉé①ﬁ \x00\u200b"), max_size=30
)
T2S = opencc.OpenCC("t2s")


@hypothesis.given(ANY | HAN)
def test_normalise_is_idempotent(text):
    once = pipeline.normalise(text)
    assert pipeline.normalise(once) == once


@hypothesis.given(ANY)
def test_no_text_is_refused(text):
    pipeline.tokens(text)
    document = pipeline.search_document(text)
    assert "'" not in document
    assert "\\" not in document
    document.encode()
    pipeline.search_vector(text)


def _parsed(literal):
    """What PostgreSQL makes of a literal: for each token its positions, those of one named twice put together."""
    found = {}
    for piece in literal.split(" ") if literal else []:
        token, _colon, places = piece.rpartition(":")
        found.setdefault(token.strip("'"), set()).update(map(int, places.split(",")))
    return found


EVERYDAY = st.text(
    st.sampled_from("路灯坏了噪聲擾民停车场abZ9 -,.'\\\n，。、：！？（）《》“”·…々é㐀😀"), max_size=40
)


@hypothesis.given(EVERYDAY | ANY)
def test_the_literal_holds_every_token_of_the_document_at_its_place(text):
    expected = {}
    for place, token in enumerate(pipeline.search_document(text).split(" "), start=1):
        if token:
            expected.setdefault(token, set()).add(place)
    assert _parsed(pipeline.search_vector(text)) == expected


@pytest.mark.parametrize("text", ["路灯坏了", "", "b路灯2", "é路灯", "路灯" * 2_000])
def test_marks_stand_beside_the_words_of_any_text(text):
    marked = pipeline.search_vector(text, marks=("202611", "x1")).split(" ")
    assert marked[-2:] == ["'~202611'", "'~x1'"]
    assert " ".join(marked[:-2]) == pipeline.search_vector(text)


# Without what is not seen: between the two signs of a word it makes OpenCC, here, take them one by one.
@hypothesis.given(HAN.map(lambda text: text.replace("\u200b", "").replace("\x00", "")))
def test_simplified_and_traditional_are_one(text):
    assert pipeline.tokens(T2S.convert(text)) == pipeline.tokens(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\x00\x1f\u200b\ufeff", []),
        ("😀😀👍🏽", []),
        ("Ａ３區噪聲", ["a3", "区", "噪声", "区噪"]),
        ("running Straßen", ["run", "strass"]),
        ("a\ud800b", ["a", "b"]),
        ("字", ["字"]),
    ],
)
def test_tokens(text, expected):
    assert pipeline.tokens(text) == expected


def test_words_and_pairs_both_count():
    found = pipeline.tokens("停车场管理")
    assert {"停车场", "管理", "停车", "车场", "场管"} <= set(found)


def test_units_number_every_character_of_a_run():
    assert list(pipeline.units("噪音, noise")) == [("噪音", 0, True), ("音", 1, True), ("nois", 2, False)]


@pytest.mark.parametrize(
    "text",
    [
        "噪聲擾民" * 250_000,
        "a" * 1_000_000,
        "e\u0301\u0316" * 333_000,
        "\u0301\u0316" * 500_000,
        "é" * 1_000_000,
        "\x00" * 1_000_000,
        "ﷺ" * 1_000_000,
        "'\\" * 500_000,
    ],
    ids=["han", "latin", "marks", "only-marks", "accents", "nul", "expanding", "quotes"],
)
def test_a_million_characters_take_seconds_not_minutes(text):
    started = time.process_time()
    pipeline.tokens(text)
    pipeline.search_vector(text)
    assert time.process_time() - started < 30


def test_a_document_stays_below_what_postgresql_takes():
    text = "".join(map(chr, range(0x4E00, 0x9FFF))) * 3 + "".join(
        chr(0x4E00 + (i * 7919) % 20_000) for i in range(400_000)
    )
    assert len(pipeline.search_vector(text).encode()) < 4_000_000
    assert (
        sum(len(token.encode()) for token in set(pipeline.search_document(text).split()))
        <= pipeline.MAX_DOCUMENT_BYTES
    )


ORDINARY = st.text(
    st.sampled_from(
        "乾坤乾燥後裏面著瞭噪聲音臺灣製髮發乹 ，。！？“”（）～＝Ａａ０９AaZzÄößé 09-—…〔〕【】《》\t\n¡×"
    )
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.characters(min_codepoint=0xFF01, max_codepoint=0xFF5E),
    max_size=40,
)


@hypothesis.given(ORDINARY)
def test_the_short_way_gives_what_the_rounds_give(text):
    assert pipeline.normalise(text) == pipeline._normalise_by_rounds(text)


@hypothesis.given(ANY | HAN | ORDINARY)
def test_a_document_is_its_units(text):
    tokens = [unit.token for unit in pipeline.units(pipeline.normalise(text))]
    assert pipeline.search_document(text) == " ".join(tokens)


@hypothesis.given(ANY | HAN | ORDINARY)
def test_words_are_those_of_each_run_in_order(text):
    normalised = pipeline.normalise(text)
    expected = []
    for run in pipeline.runs(normalised):
        expected += rjieba.cut_for_search(run.text) if run.is_cjk else [pipeline.stem(run.text)]
    assert pipeline.words(normalised) == expected


@hypothesis.given(ANY | HAN)
@hypothesis.example("路灯不亮，3天了。")
@hypothesis.example("路灯😀不亮")
@hypothesis.example("")
def test_marks_stand_in_the_entry_of_every_text(text):
    """A search looks through the newest months by their marks: a case without one would not be found there."""
    assert (
        pipeline.search_vector(text, marks=("202611",)) == f"{pipeline.search_vector(text)} '~202611'".strip()
    )


@hypothesis.given(st.text(alphabet="噪音路灯ab 1，。一"))
def test_tokens_are_the_words_and_the_pairs_of_the_index_that_are_no_words(text):
    normalised = pipeline.normalise(text)
    found = pipeline.words(normalised)
    pairs = [unit.token for unit in pipeline.units(normalised) if unit.is_cjk and len(unit.token) == 2]
    known = {word for word in found if len(word) == 2}
    assert pipeline.tokens(text) == found + [pair for pair in pairs if pair not in known]
