import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.files import logic


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, 99),
        ("bytes=90-500", 90, 99),
        ("bytes=-10", 90, 99),
        ("bytes=-500", 0, 99),
    ],
)
def test_one_range(header, first, last):
    assert logic.span(header, size=100) == logic.Span(first, last)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=0-1,5-6",
        "lines=0-1",
        "bytes=a-b",
        "bytes=٣-٤",
        "bytes=" + "9" * 40 + "-",
    ],
)
def test_the_rest_gets_the_whole_file(header):
    assert logic.span(header, size=100) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_outside(header, size):
    with pytest.raises(ValueError):
        logic.span(header, size=size)


@given(st.text(max_size=400))
def test_names_are_always_fit_to_be_shown(name):
    shown = logic.display_name(name, extension="jpg")
    assert shown.endswith(".jpg")
    assert 4 < len(shown) <= 124
    assert not {unicodedata.category(ch) for ch in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not set('/\\\0<>:"|?*;\r\n\u202e') & set(shown)


@given(st.binary(max_size=300))
def test_recognising_never_fails(head):
    assert logic.recognise(head) is None or logic.recognise(head).content_type


@given(st.text(max_size=4000))
def test_text_is_never_taken_for_anything_but_what_it_begins_with(text):
    found = logic.recognise(text.encode())
    assert found in {None, logic.PDF, logic.MP3, logic.AMR, logic.OGG}
