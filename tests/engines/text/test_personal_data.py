import csv
import time
from collections import Counter

import hypothesis
import pytest
from hypothesis import strategies as st

from huiyin.engines.text import identifiers, personal_data


def found(text):
    return [(text[span.start : span.end], str(span.type)) for span in personal_data.find(text)]


# Numbers here are made up: they only satisfy the arithmetic.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话13812345678。", [("13812345678", "phone")]),
        ("电话１３８１２３４５６７８", [("１３８１２３４５６７８", "phone")]),
        ("tel138-1234-5678", [("138-1234-5678", "phone")]),
        ("+86 138 1234 5678", [("+86 138 1234 5678", "phone")]),
        ("（0731）8234 5678转12", [("（0731）8234 5678转12", "phone")]),
        ("0731-82345678", [("0731-82345678", "phone")]),
        ("010 62345678", [("010 62345678", "phone")]),
        ("電話0912-345-678", [("0912-345-678", "phone")]),
        ("座机：82345678", [("82345678", "phone")]),
        ("call +49 7531 900123 now", [("+49 7531 900123", "phone")]),
        ("身份证11010519491231002X", [("11010519491231002X", "id_number")]),
        ("11010519491231002x,", [("11010519491231002x", "id_number")]),
        ("A123456789", [("A123456789", "id_number")]),
        ("A123456(3)", [("A123456(3)", "id_number")]),
        ("卡号6222 0200 0000 0000 000", [("6222 0200 0000 0000 000", "bank_card")]),
        ("4111111111111111", [("4111111111111111", "bank_card")]),
        ("车牌湘A12345违停", [("湘A12345", "plate")]),
        ("湘A·D12345", [("湘A·D12345", "plate")]),
        ("粤B12345D", [("粤B12345D", "plate")]),
        ("邮箱abc.d-e@mail.example.com。", [("abc.d-e@mail.example.com", "email")]),
        ("邮箱ａｂ＠ｑｑ．ｃｏｍ", [("ａｂ＠ｑｑ．ｃｏｍ", "email")]),
        ("我叫王小明，住在", [("王小明", "name")]),
        ("我叫王小明想反映", [("王小明", "name")]),
        ("姓名：欧阳娜娜 电话", [("欧阳娜娜", "name")]),
        ("聯絡人：陳美麗", [("陳美麗", "name")]),
        ("本人李雷，男", [("李雷", "name")]),
        ("我叫买买提·艾力，", [("买买提·艾力", "name")]),
        ("My name is John Smith and", [("John Smith", "name")]),
        ("我住在桂花路12号阳光小区3栋2单元501室。", [("桂花路12号阳光小区3栋2单元501室", "address")]),
    ],
)
def test_found(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "订单20190101123456789012",
        "FZ16125000000件收悉",
        "投资13812345678元",
        "0731-00000000",
        "身份证110105194912310021",
        "6222020000000000001",
        "A223456789",
        "革新A12区都是",
        "我是A市居民，本人于昨天到周边",
        "我是高中老师，本人和平",
        "本人何时能去",
        "姓名权和名誉权，联系人和电话",
        "我叫某某某",
        "全体业主许可",
        "桂花路12号在修路，3栋的电梯",
        "@all see you",
        "热线12345或110",
        "2019-11-07 10:30:00",
    ],
)
def test_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("我叫王小明，", "我叫王**，"),
        ("我叫欧阳娜娜，", "我叫欧阳**，"),
        ("湘A·12345", "湘A·*****"),
        ("11010519491231002X", "*" * 18),
        ("4111 1111 1111 1111", "**** **** **** 1111"),
        ("ab@x.com", "a*@x.com"),
        ("桂花路阳光小区3栋2单元501室", "桂花路阳光小区" + "*" * 9),
    ],
)
def test_masks(text, masked):
    assert personal_data.mask(text, personal_data.find(text)) == masked


@hypothesis.given(
    st.text(
        st.characters(codec=None, exclude_categories=()) | st.sampled_from("0123456789-王我叫栋@.湘A号路"),
        max_size=80,
    )
)
def test_never_raises_and_spans_are_in_order(text):
    spans = personal_data.find(text)
    last = 0
    for span in spans:
        assert last <= span.start < span.end <= len(text)
        last = span.end
    assert len(personal_data.mask(text, spans)) == len(text)


@pytest.mark.parametrize("piece", ["a", "1", "1 ", "我叫", "王", "a.", "@", "3栋", "一", "138-", "-", "湘A"])
def test_hostile_texts_end_in_time(piece):
    started = time.process_time()
    personal_data.find((piece * 500_000)[:500_000])
    assert time.process_time() - started < 20


@pytest.mark.realdata
def test_real_texts_raise_few_alarms(shared_data):
    """Numbers were replaced in this collection, so hardly anything in it has a valid check digit."""
    with (shared_data / "zh_taidi_hot" / "messages.csv").open(encoding="utf-8", newline="") as stream:
        texts = [row["title"] + "\n" + row["body"] for row in csv.DictReader(stream)]
    kinds = Counter(span.type for text in texts for span in personal_data.find(text))
    assert kinds["id_number"] == kinds["bank_card"] == kinds["email"] == 0
    assert kinds["phone"] < 20
    assert 0 < kinds["name"] < 200


def test_check_digits():
    assert identifiers.mainland_id_holds("11010519491231002X")
    assert not identifiers.mainland_id_holds("110105194912310029")
    assert identifiers.luhn_holds("79927398713")
    assert not identifiers.luhn_holds("79927398710")
