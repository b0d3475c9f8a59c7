"""Comparing one text with a few: rare words weigh more, short texts prove less, and phrases are heard as the index hears."""

import csv
from collections import Counter

import hypothesis
import pytest
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from huiyin.engines.text import overlap, pipeline
from huiyin.engines.text.phrases import Said

SHARES = {"路灯": 0.5, "没人": 0.4}
WEIGHTS = overlap.Weights(SHARES)
LONG = "莲花路北口的井盖松动，车子一过就响，晚上睡不着，打了三次电话都没有人来看，希望尽快有人处理这件事情。"


def score(one, other, shares=SHARES):
    (found,) = overlap.cosines(overlap.tokens(one), [overlap.tokens(other)], overlap.Weights(shares))
    return overlap.same_matter(found)


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


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


def test_pairs_across_words_say_next_to_nothing():
    weights = overlap.Weights({})
    words = weights.total({"路灯", "井盖"})
    assert 0 < weights.total({"灯井", "盖小"}) < words / 5, "a road may be called so"
    assert weights.total({"leak", "12345", "가로", "灯"}) == pytest.approx(words / 2 * 3)


def test_what_the_index_notes_beside_the_words_says_nothing():
    mark = pipeline.mark("202611").strip("'")
    assert overlap.Weights({}).total([mark]) == 0


def test_real_messages_about_one_event_are_told_from_others_even_at_the_same_place(shared_data):
    """As a proposal compares: the tokens of the index and their shares, nothing else."""
    rows, asked = (read(shared_data / "zh_taidi_hot" / name) for name in ("messages.csv", "pairs.dev.csv"))
    said = {row["msg_id"]: overlap.tokens(f"{row['title']}\n{row['body']}") for row in rows}
    seen = Counter(token for tokens in said.values() for token in tokens)
    least = len(rows) / 2_000
    weights = overlap.Weights({token: n / (len(rows) + 100) for token, n in seen.items() if n >= least})
    scores = [overlap.cosines(said[row["msg_a"]], [said[row["msg_b"]]], weights)[0] for row in asked]
    same = [row["same"] == "1" for row in asked]
    assert roc_auc_score(same, scores) >= 0.97
    hard = [i for i, row in enumerate(asked) if same[i] or row["kind"] == "same_place_other_issue"]
    assert roc_auc_score([same[i] for i in hard], [scores[i] for i in hard]) >= 0.93


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
