import csv

import numpy as np
import pytest

from huiyin.engines.text import similar, titles, topics

NOISE = [(f"桂花小区工地噪音{i}", f"工地半夜施工噪音扰民，桂花小区居民无法睡觉{'吵' * i}") for i in range(5)]
LIGHT = [(f"滨江路路灯不亮{i}", f"滨江路上路灯坏了没有人修{'黑' * i}") for i in range(4)]
OTHER = [("公交车", "希望增加公交班次"), ("", ""), ("😀", "😀"), ("社保", "社保如何补缴")]
DOCUMENTS = [*NOISE, *LIGHT, *OTHER]


def test_topics_are_found_with_titles_of_their_own():
    found = topics.find(DOCUMENTS)
    assert [sorted(topic.members) for topic in found] == [[0, 1, 2, 3, 4], [5, 6, 7, 8]]
    assert found[0].title.startswith("桂花小区工地噪音")


def test_order_of_messages_does_not_matter():
    turned = topics.find(DOCUMENTS[::-1])
    last = len(DOCUMENTS) - 1
    assert {frozenset(last - place for place in topic.members) for topic in turned} == {
        frozenset(topic.members) for topic in topics.find(DOCUMENTS)
    }


@pytest.mark.parametrize("documents", [[], [("",)], [("", ""), ("", "")], [("同一句话",)] * 50])
def test_few_or_equal_messages(documents):
    assert sum(len(topic.members) for topic in topics.find(documents)) in {0, 50}


def test_repeats_ignore_script_and_punctuation():
    assert similar.repeats(
        [("甲", "噪聲，擾民！"), ("乙", "噪声扰民"), ("丙", "噪声"), ("", ""), ("", "")]
    ) == [[0, 1]]


def test_pair_scores_lie_between_nothing_and_the_same():
    scores = similar.pair_scores(DOCUMENTS, np.array([0, 0, 0, 10]), np.array([0, 1, 5, 10]))
    assert scores[0] == pytest.approx(1, abs=1e-4)
    assert 1 >= scores[1] > scores[2] >= 0
    assert scores[3] == 0


def _read(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.realdata
def test_hot_topics_of_a_city(shared_data):
    folder = shared_data / "zh_taidi_hot"
    messages = _read(folder / "messages.csv")
    place = {row["msg_id"]: index for index, row in enumerate(messages)}
    found = topics.find([(row["title"], row["body"]) for row in messages])
    scores = [_best_f1(found, *event) for event in _events(folder, place)]
    assert min(scores) >= 0.75
    assert np.mean(scores) >= 0.92


@pytest.mark.realdata
def test_exact_repeats_of_a_city(shared_data):
    folder = shared_data / "zh_taidi_hot"
    messages = _read(folder / "messages.csv")
    place = {row["msg_id"]: index for index, row in enumerate(messages)}
    groups = {}
    for row in _read(folder / "exact_duplicate_groups.csv"):
        groups.setdefault(row["dup_group"], set()).add(place[row["msg_id"]])
    found = [set(places) for places in similar.repeats([(row["title"], row["body"]) for row in messages])]
    whole = [[places for places in found if group <= places] for group in groups.values()]
    assert all(len(places) == 1 for places in whole)
    assert len({min(places[0]) for places in whole}) == len(groups)


def _events(folder, place):
    rows = _read(folder / "events.dev.csv")
    for event in {row["event_id"] for row in rows}:
        named = {
            verdict: {place[r["msg_id"]] for r in rows if r["event_id"] == event and r["in_event"] == verdict}
            for verdict in ("yes", "uncertain")
        }
        yield named["yes"], named["uncertain"]


def _best_f1(found, wanted, uncertain):
    topic = (
        max((set(topic.members) for topic in found), key=lambda members: len(members & wanted)) - uncertain
    )
    return 2 * len(topic & wanted) / (len(topic) + len(wanted))


def test_what_stands_stays_and_new_messages_join_the_nearest():
    standing = [0, 0, 0, topics.NONE, topics.NONE, 1, 1, topics.NONE, topics.NONE, *[topics.NONE] * 4]
    continued = topics.continued(DOCUMENTS, standing)
    assert continued.joined == {3: 0, 4: 0, 7: 1, 8: 1}
    assert continued.found == []


def test_new_topics_are_found_among_the_rest():
    standing = [0] * 5 + [topics.NONE] * 8
    continued = topics.continued(DOCUMENTS, standing)
    assert continued.joined == {}
    assert [sorted(topic.members) for topic in continued.found] == [[5, 6, 7, 8]]


def test_a_title_says_what_the_texts_share():
    texts = [f"您好，请问一下，桂花小区工地半夜施工，我叫李四{number}" for number in range(5)]
    elsewhere = titles.frequencies(["您好，请问一下，社保", "您好，请问一下，公交", "您好，路灯"])
    assert titles.title(texts, elsewhere=elsewhere, count=3) == "桂花小区工地半夜施工"
    assert titles.title([], elsewhere=elsewhere, count=3) == ""
    assert titles.title(["😀", ""], elsewhere=elsewhere, count=3) == ""
