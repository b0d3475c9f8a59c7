import hypothesis
import pytest
from hypothesis import strategies as st

from huiyin.engines.text import query, snippets

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=80)
LONG = "我住在东门。" * 40 + "楼下的工地半夜施工，噪聲擾民，老人睡不着。" + "盼回复。" * 40


def found(text, typed):
    return [
        piece.text for piece in snippets.marked(text, query.search_query(typed).highlights()) if piece.found
    ]


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("楼下噪聲擾民", "噪音", ["噪聲擾民"]),
        ("楼下噪声很大，噪音不断", "噪聲", ["噪声", "噪音"]),
        ("ＬＥＤ灯坏了", "led", ["ＬＥＤ"]),
        ("Street LIGHTS are out", "light", ["LIGHTS"]),
        ("停车，场地太小", '"停车场"', ["停车，场"]),
        ("路灯坏了", "路灯 -停车", ["路灯"]),
        ("路灯坏了", "长颈鹿", []),
        ("路灯坏了", "", []),
        ("编号A-2024-7", "a-2024-7", ["A", "2024", "7"]),
    ],
)
def test_what_was_found_is_marked_in_the_untouched_text(text, typed, expected):
    assert found(text, typed) == expected


@hypothesis.given(ANY, ANY)
def test_pieces_are_the_text(text, typed):
    highlights = query.search_query(typed).highlights()
    assert "".join(piece.text for piece in snippets.marked(text, highlights)) == text
    shown = snippets.snippet(text, highlights, length=20)
    assert "".join(piece.text for piece in shown.pieces) in text
    assert shown.cut_after or shown.cut_before or "".join(p.text for p in shown.pieces) == text


def test_a_snippet_shows_the_place_and_begins_with_a_sentence():
    shown = snippets.snippet(LONG, query.search_query("施工 噪音").highlights(), length=40)
    said = "".join(piece.text for piece in shown.pieces)
    assert said.startswith("楼下的工地")
    assert [piece.text for piece in shown.pieces if piece.found] == ["施工", "噪聲擾民"]
    assert shown.cut_before
    assert shown.cut_after
    assert len(said) <= 50


def test_what_is_not_in_the_text_gives_its_beginning():
    shown = snippets.snippet(LONG, (), length=12)
    assert shown == ((snippets.Piece("我住在东门。我住在东门。", found=False),), False, True)


def test_a_long_text_takes_no_time():
    text = "噪" * 1_000_000
    assert snippets.snippet(text, ("噪声",)).cut_after


@hypothesis.given(ANY | st.text(alphabet="ΣσςİiA路"))
def test_small_letters_stand_one_for_one(text):
    expected = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    assert snippets._lowered(text) == expected
