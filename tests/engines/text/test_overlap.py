"""Comparing one text with a few: rare words weigh more, short texts prove less, and phrases are heard as the index hears."""

import hypothesis
import pytest
from hypothesis import strategies as st

from huiyin.engines.text import overlap
from huiyin.engines.text.phrases import Said

SHARES = {"路灯": 0.5, "没人": 0.4}
WEIGHTS = overlap.Weights.of(SHARES)
LONG = "莲花路北口的井盖松动，车子一过就响，晚上睡不着，打了三次电话都没有人来看，希望尽快有人处理这件事情。"


def score(one, other, shares=SHARES):
    (found,) = overlap.cosines(overlap.tokens(one), [overlap.tokens(other)], overlap.Weights.of(shares))
    return overlap.same_matter(found)


def test_the_same_text_is_probably_the_same_matter_and_another_is_not():
    assert score(LONG, LONG) > 0.9
    assert score(LONG, "小区的电梯坏了九天，十五楼的老人没法下楼看病。") < 0.05
    assert score(LONG, LONG) < 1, "the same words may be said about two things"


def test_common_words_prove_little():
    assert score("路灯没人管", "路灯没人修") < score("井盖松动响", "井盖松动吵")


def test_script_and_width_do_not_matter():
    assert overlap.tokens("噪聲擾民１２") == overlap.tokens("噪声扰民12")


@hypothesis.given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_have_a_score(one, other):
    first, second = overlap.tokens(one), overlap.tokens(other)
    itself, there = overlap.cosines(first, [first, second], WEIGHTS)
    (back,) = overlap.cosines(second, [first], WEIGHTS)
    assert 0 <= there <= itself + 1e-9 <= 1
    assert there == pytest.approx(back)


def test_a_lone_character_of_a_stored_case_counts_for_nothing():
    said = overlap.tokens(LONG)
    assert overlap.cosines(said, [said, [*said, "的", "了"]], WEIGHTS) == pytest.approx(
        overlap.cosines(said, [said], WEIGHTS) * 2
    )


def test_the_rarest_words_come_first_and_stay_within_what_may_be_looked_at():
    found = overlap.rarest({"路灯", "没人", "井盖"}, SHARES, texts=10_000, most=100)
    assert found == ["井盖"]
    assert overlap.rarest({"路灯", "没人"}, SHARES, texts=10_000, most=100) == ["没人"], "at least one"


def test_what_part_of_a_matter_is_said():
    asked = overlap.tokens("井盖松动")
    assert overlap.covered(asked, overlap.tokens("门口井盖松动了"), WEIGHTS) == pytest.approx(1)
    assert overlap.covered(asked, overlap.tokens("路灯"), WEIGHTS) == 0
    assert overlap.covered([], asked, WEIGHTS) == 0


@pytest.mark.parametrize(
    ("text", "phrase", "says"),
    [
        ("路燈不亮", "路灯", True), ("路。灯", "路灯", False), ("It leaks again", "leaking", True), ("噪音", "噪", True),
        ("", "路灯", False), ("路灯", "", False), ("路灯", "。", False), ("abc路灯", "路灯", True),
    ],
)  # fmt: skip
def test_a_phrase_is_said_or_not(text, phrase, says):
    assert Said.of(text).says(phrase) is says
