import csv

import numpy as np
import pytest

from huiyin.engines.text import classify, storage, training

NOISE = ["夜间施工噪音太大", "楼下噪声扰民", "广场舞噪音很吵", "工地半夜噪音", "酒吧音响太吵"]
LIGHT = ["路灯坏了", "小区门口路灯不亮", "路灯一直不亮很黑", "街上路灯损坏", "路灯晚上不亮"]
DOCUMENTS = [(text,) for text in NOISE + LIGHT] * 3
LABELS = (["环保"] * 5 + ["市政"] * 5) * 3


@pytest.fixture(scope="module")
def classifier():
    return training.train(DOCUMENTS, LABELS)


def test_proposes_with_a_probability(classifier):
    (best, other), *_ = classifier.propose([("半夜噪音吵得睡不着",), ("路燈不亮",)], count=2)
    assert best.label == "环保"
    assert best.probability > 0.7
    assert best.probability + other.probability == pytest.approx(1)
    assert classifier.propose([("路燈不亮",)])[0][0].label == "市政"


def test_explains_with_words_of_the_text(classifier):
    words = [reason.word for reason in classifier.explain(("门口路灯坏了",), "市政")]
    assert "路灯" in words
    assert classifier.explain(("路灯",), "没有这个") == []


@pytest.mark.parametrize("text", ["", "😀", "\x00\ud800", "x", "字" * 1_000_000])
def test_any_text_gets_a_proposal(classifier, text):
    assert 0 <= classifier.propose([(text,)])[0][0].probability <= 1


def test_training_is_deterministic(classifier):
    again = training.train(DOCUMENTS, LABELS)
    assert np.array_equal(again.probabilities(DOCUMENTS[:5]), classifier.probabilities(DOCUMENTS[:5]))


def test_one_label_and_single_cases():
    assert training.train([("一",)], ["甲"]).propose([("二",)])[0] == [classify.Proposal("甲", 1.0)]
    three = training.train([("路灯",), ("噪音",), ("",)], ["甲", "乙", "丙"])
    assert three.probabilities([("路灯",)]).sum() == pytest.approx(1)


def test_nothing_to_learn_is_said():
    with pytest.raises(classify.NothingToLearnError):
        training.train([], [])


def test_a_label_is_found_by_its_own_name():
    found = training.train([*DOCUMENTS, ("随便",)], [*LABELS, "垃圾清运"])
    assert found.propose([("垃圾清运",)])[0][0].label == "垃圾清运"


@pytest.mark.parametrize("most_neighbours", [5, 10_000])
def test_large_collections_learn_the_same(monkeypatch, most_neighbours):
    monkeypatch.setattr(classify, "EXACT_UP_TO", 5)
    monkeypatch.setattr(classify, "NEIGHBOURS_UP_TO", most_neighbours)
    large = training.train(DOCUMENTS * 3, LABELS * 3)
    assert large.propose([("半夜噪音",)])[0][0].label == "环保"
    assert (large.neighbours is None) is (most_neighbours == 5), "all past cases are never compared with many"
    again = storage.loads(storage.dumps(large))
    assert np.allclose(again.probabilities(DOCUMENTS[:3]), large.probabilities(DOCUMENTS[:3]))


def test_stored_and_read_back(classifier):
    again = storage.loads(storage.dumps(classifier))
    assert again.labels == classifier.labels
    assert np.allclose(again.probabilities(DOCUMENTS[:3]), classifier.probabilities(DOCUMENTS[:3]))


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"\x80" + data[1:]]
)
def test_damaged_files_are_refused(classifier, damage):
    with pytest.raises(storage.UnreadableModelError):
        storage.loads(damage(storage.dumps(classifier)))


def test_files_of_another_version_are_refused(classifier, monkeypatch):
    data = storage.dumps(classifier)
    monkeypatch.setattr(classify, "MODEL_VERSION", 99)
    with pytest.raises(storage.UnreadableModelError, match="another version"):
        storage.loads(data)


@pytest.mark.realdata
def test_questions_of_a_city_go_to_the_right_department(shared_data):
    """One held-out fifth of the smallest collection; bench/triage.py cross-validates all of them."""
    with (shared_data / "zh_hant_kaohsiung_faq" / "faq.dev.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    learn, ask = [row for i, row in enumerate(rows) if i % 5], rows[::5]
    found = training.train([(row["question"],) for row in learn], [row["department"] for row in learn])
    proposals = found.propose([(row["question"],) for row in ask])
    pairs = list(zip(ask, proposals, strict=True))
    assert np.mean([row["department"] == best[0].label for row, best in pairs]) >= 0.77
    assert np.mean([row["department"] in {p.label for p in best} for row, best in pairs]) >= 0.89
