import csv

import hypothesis
import pytest
from hypothesis import strategies as st

from huiyin.engines.text import repair
from huiyin.engines.text.repair import State

SENTENCE = "小区夜间施工噪音扰民，请处理。"


@pytest.mark.parametrize(
    "damaged",
    [
        SENTENCE.encode().decode("latin-1"),
        SENTENCE.encode("gbk").decode("latin-1"),
        "".join(f"&#{ord(character)};" for character in SENTENCE),
        SENTENCE.encode().decode("latin-1").encode().decode("latin-1"),
    ],
    ids=["utf8-as-latin", "gbk-as-latin", "entities", "twice"],
)
def test_certain_damage_is_mended(damaged):
    found = repair.repair(damaged)
    assert (found.text, found.state) == (SENTENCE, State.REPAIRED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        SENTENCE,
        "噪聲擾民，請處理",
        "联通",
        "Müll an der Straße, überall Öl",
        "Größe: ÄÖÜ",
        "café à la carte",
        "a < b && c",
        "&amp; &lt;",
        "한국어 텍스트",
        "日本語のテキスト",
        "😀👍",
        "50 £, 20 €, 30 °C",
    ],
)
def test_good_text_is_left_alone(text):
    assert repair.repair(text) == repair.Repair(text, State.INTACT)


@pytest.mark.parametrize("text", ["锟斤拷锟斤拷小区", "小区\ufffd\ufffd噪音", "ä¸\u00adå?½"])
def test_lost_text_is_marked_and_kept(text):
    found = repair.repair(text)
    assert (found.text, found.state) == (text, State.DAMAGED)


@hypothesis.given(st.text(st.characters(codec=None, exclude_categories=())))
def test_never_raises(text):
    repair.repair(text)


@pytest.mark.realdata
def test_real_damage(shared_data):
    with (shared_data / "zh_garbled_samples" / "garbled.csv").open(encoding="utf-8", newline="") as stream:
        samples = list(csv.DictReader(stream))
    for row in samples:
        found = repair.repair(row["garbled"])
        # Of the last sample two bytes are missing, so its repair cannot be certain.
        lost = any(word in row["expected"] for word in ("lost", "lossy")) or row["cause"].endswith("twice")
        assert found.state is (State.DAMAGED if lost else State.REPAIRED), row
        assert found.text == (row["garbled"] if lost else row["expected"]), row


@pytest.mark.realdata
def test_real_texts_are_not_mended(shared_data):
    for file, column in (
        ("zh_taidi_hot/messages.csv", "body"),
        ("de_konstanz_issues/issues.dev.csv", "text"),
    ):
        with (shared_data / file).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found = repair.repair(row[column])
                # Some German reports do hold entities like &#39;.
                assert found.cause in {None, repair.Cause.HTML_ENTITIES}, row[column]
