import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.people import logic


@pytest.mark.parametrize(
    ("typed", "shown", "canonical"),
    [
        ("13800138000", "13800138000", "+8613800138000"),
        ("138 0013 8000", "13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "13800138000", "+8613800138000"),
        ("(+86)13800138000", "13800138000", "+8613800138000"),
        ("0086 13800138000", "13800138000", "+8613800138000"),
        ("8613800138000", "13800138000", "+8613800138000"),
        ("１３８００１３８０００", "13800138000", "+8613800138000"),
        ("\u202d13800138000\u202c", "13800138000", "+8613800138000"),
        ("0591-87654321", "059187654321", "+8659187654321"),
        ("+86 (0)591 8765 4321", "+8659187654321", "+8659187654321"),
        ("（010）6552 1234 转 801", "01065521234 #801", "+861065521234x801"),
        ("010-65521234-", "01065521234", "+861065521234"),
        ("0912-345-678", "0912345678", "+886912345678"),
        ("+886 912 345 678", "+886912345678", "+886912345678"),
        ("02-2345-6789", "0223456789", "+886223456789"),
        ("+852 5123 4567", "+85251234567", "+85251234567"),
        ("5123 4567", "51234567", "51234567"),
        ("400-810-1234", "4008101234", "4008101234"),
        ("+49 (0)721 133-0", "+497211330", "+497211330"),
    ],
)
def test_phone_numbers(typed, shown, canonical):
    found = logic.phone(typed)
    assert (found.shown, found.canonical) == (shown, canonical)
    assert logic.phone(found.shown).canonical == canonical, "what is kept is found again"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "1234",
        "138001380001",
        "1380013800",
        "+86 138 0013 800",
        "12800138000",
        "０",
        "138001380OO",
        "9" * 40,
        "+" + "9" * 40,
        "转801",
    ],
)
def test_no_phone_numbers(typed):
    assert logic.phone(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A.b+c@Example.CN", "A.b+c@example.cn"),
        (" ａ@ｘ．ｃｎ ", "a@x.cn"),
        ("李@例子.中国", "李@例子.中国"),
        ("a\u200b@x.cn", "a@x.cn"),
    ],
)
def test_email(typed, kept):
    assert logic.email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@b",
        "@x.cn",
        "a@x..cn",
        "a@x.cn\nBcc: b@y.cn",
        "a@x.cn,b@y.cn",
        "a b@",
        "x" * 300 + "@x.cn",
        "a@-x.cn",
        "a@1.2.3.4",
    ],
)
def test_no_email(typed):
    assert logic.email(typed) is None


@pytest.mark.parametrize(
    ("clear", "masked"),
    [
        ("张三", "张**"),
        ("欧阳娜娜", "欧阳**"),
        ("歐陽修", "歐陽**"),
        ("欧阳", "欧**"),
        ("John Smith", "J** S**"),
        ("", ""),
        ("𠮷野", "𠮷**"),
    ],
)
def test_masked_names(clear, masked):
    assert logic.masked_name(clear) == masked


@pytest.mark.parametrize(
    ("clear", "masked"),
    [
        ("13812345678", "138****5678"),
        ("0912345678", "0912***678"),
        ("+886912345678", "0912***678"),
        ("51234567", "51****67"),
        ("+85251234567", "+85251****67"),
        ("059187654321", "0591****4321"),
        ("01065521234 #801", "010****234"),
        ("12345", "1****5"),
        ("", ""),
    ],
)
def test_masked_phones(clear, masked):
    assert logic.masked_phone(clear) == masked


def test_masked_email_and_address():
    assert logic.masked_email("abc@x.cn") == "a***@x.cn"
    assert logic.masked_email("") == ""
    assert logic.masked_address("福州市鼓楼区五一路1号3单元502") == "福州市鼓楼区***"
    assert logic.masked_address("五一路1号") == "***"
    assert logic.masked_address("") == ""


@given(st.text(max_size=60))
def test_masks_hide_the_better_part(text):
    phone = logic.phone(text)
    if phone:
        hidden = set(range(len(phone.shown)))
        assert phone.shown not in logic.masked_phone(phone.shown)
        assert hidden
    mail = logic.email(text)
    if mail:
        assert mail not in logic.masked_email(mail)


@given(st.text(max_size=200))
def test_a_line_is_one_line_and_stable(text):
    once = logic.line(text)
    assert logic.line(once) == once
    assert "\n" not in once
    assert "\u202e" not in once


def test_rare_characters_of_names_stay():
    assert logic.line("﨑 \U000323af\ue000") == "﨑 \U000323af\ue000"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("电话回访", True),
        ("call back about the lamp", True),
        ("", False),
        ("回访", False),
        ("哈哈哈哈哈哈", False),
        ("1234567", False),
        ("....", False),
        ("x" * 301, False),
    ],
)
def test_purpose(text, good):
    assert logic.is_purpose(text) is good
