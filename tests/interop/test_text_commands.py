"""The commands triage_evaluate, similar_pairs, hot_topics and personal_data: good files and bad files."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

TEXTS = [
    ("1", "工地夜间施工噪音扰民", "桂花小区旁边工地半夜施工，噪音很大", "环保"),
    ("2", "桂花小区工地噪音", "工地半夜施工噪音扰民，桂花小区居民无法睡觉", "环保"),
    ("3", "半夜施工噪声", "桂花小区旁工地施工噪聲扰民，晚上无法睡觉", "环保"),
    ("4", "路灯不亮", "滨江路路灯坏了一个月", "市政"),
    ("5", "公交车太少", "希望增加12路公交车班次", "交通"),
    ("6", "路灯坏了", "体育路口的路灯坏了", "市政"),
]


def run(name, *arguments, **options):
    output = io.StringIO()
    call_command(name, *map(str, arguments), stdout=output, **options)
    return json.loads(output.getvalue().splitlines()[-1])


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def texts(tmp_path):
    return write(tmp_path / "texts.csv", ("id", "title", "body", "label"), TEXTS)


def write(path, header, lines):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *lines])
    return path


def test_triage_evaluate_with_two_files(texts, tmp_path):
    test = write(
        tmp_path / "test.csv",
        ("title", "body", "label"),
        [("夜间噪音", "工地施工噪音", "环保"), ("路灯", "", "没有的")],
    )
    figures = run("triage_evaluate", texts, test, text="title,body", label="label")
    assert figures["n"] == 2
    assert figures["accuracy"] == 0.5
    assert {"macro_f1", "top3", "ece", "coverage_at_95", "train_s", "ms_per_text"} <= figures.keys()


def test_triage_evaluate_cross_validates(texts):
    figures = run("triage_evaluate", texts, text="body", label="label", folds=2)
    assert figures["n"] == 6


@pytest.mark.parametrize("options", [{}, {"folds": 1}, {"folds": 7}, {"folds": 4}])
def test_triage_evaluate_refuses(texts, options):
    with pytest.raises(CommandError):
        run("triage_evaluate", texts, text="body", label="label", **options)


def test_a_missing_column_is_named_with_those_there_are(texts, tmp_path):
    with pytest.raises(CommandError, match=r"has no column nature. Its columns are: id, title, body, label"):
        run("triage_evaluate", texts, text="body", label="nature", folds=2)
    with pytest.raises(CommandError, match="has no column x"):
        run("personal_data", texts, text="x", out=tmp_path / "out.csv")


def test_similar_pairs(texts, tmp_path):
    pairs = write(
        tmp_path / "pairs.csv",
        ("msg_a", "msg_b", "kind"),
        [("1", "2", "k"), ("1", "5", "k"), ("4", "4", "k")],
    )
    run("similar_pairs", texts, pairs, id="id", text="title,body", out=tmp_path / "scores.csv")
    scores = [float(row["score"]) for row in rows(tmp_path / "scores.csv")]
    assert 0 <= scores[1] < scores[0] <= 1
    assert scores[2] == pytest.approx(1, abs=1e-3)
    assert list(rows(tmp_path / "scores.csv")[0]) == ["msg_a", "msg_b", "kind", "score"]


def test_similar_pairs_names_unknown_texts(texts, tmp_path):
    pairs = write(tmp_path / "pairs.csv", ("msg_a", "msg_b"), [("1", "99")])
    with pytest.raises(CommandError, match="99"):
        run("similar_pairs", texts, pairs, id="id", text="body", out=tmp_path / "scores.csv")


def test_hot_topics(texts, tmp_path):
    figures = run("hot_topics", texts, id="id", text="title,body", time="id", out=tmp_path / "topics.csv")
    found = rows(tmp_path / "topics.csv")
    assert figures["topics"] == 1
    assert [row["topic"] for row in found] == ["1", "1", "1", "", "", ""]
    assert found[0]["title"] in {text[1] for text in TEXTS[:3]}


def test_personal_data(tmp_path):
    file = write(tmp_path / "texts.csv", ("body",), [("没有",), ("电话13812345678，我叫王小明。",)])
    figures = run("personal_data", file, text="body", out=tmp_path / "spans.csv")
    assert figures["spans"] == 2
    assert rows(tmp_path / "spans.csv") == [
        {"row": "1", "start": "2", "end": "13", "type": "phone"},
        {"row": "1", "start": "16", "end": "19", "type": "name"},
    ]


def test_empty_and_damaged_files(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(CommandError, match="Its columns are: none"):
        run("personal_data", empty, text="body", out=tmp_path / "out.csv")
    (tmp_path / "bytes.csv").write_bytes(b"body\n\xff\xfe\x81\n")
    with pytest.raises(CommandError, match="neither"):
        run("personal_data", tmp_path / "bytes.csv", text="body", out=tmp_path / "out.csv")
    with pytest.raises(CommandError, match="No such file"):
        run("personal_data", tmp_path / "none.csv", text="body", out=tmp_path / "out.csv")
    header = write(tmp_path / "header.csv", ("id", "body"), [])
    assert run("hot_topics", header, id="id", text="body", out=tmp_path / "out.csv")["topics"] == 0
