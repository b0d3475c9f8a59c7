import hypothesis
import opencc
import pytest
from hypothesis import strategies as st

from huiyin.engines.text import pipeline, query


def finds(typed, text):
    """A small evaluation of terms on a document, independent of PostgreSQL."""
    document = pipeline.normalise(text)
    squeezed = "".join(character for character in document if character.isalnum())

    def there(term):
        return any("".join(c for c in choice if c.isalnum()) in squeezed for choice in term.alternatives)

    understood = query.search_query(typed)
    return all(map(there, understood.wanted)) and not any(map(there, understood.excluded))


@pytest.mark.parametrize("typed", ["噪音", "噪聲", "噪声扰民", "噪聲 擾民 -停车", "“噪音”"])
def test_noise_is_found_from_every_word_for_it(typed):
    if "擾民" in typed:
        assert finds(typed, "夜间噪音扰民")
        assert not finds(typed, "夜间噪音扰民，停车也难")
    else:
        assert finds(typed, "楼下噪音很大")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ""),
        ("   !!! ", ""),
        ("的", "'的':*"),
        ("路灯", "'路灯'"),
        ("路灯 坏", "'路灯' & '坏':*"),
        ("路灯的", "'路灯'"),
        ("丽发", "'丽发'"),  # two characters typed together are meant together
        ("丽 发", "'丽':* & '发':*"),
        ("的灯", "'灯':*"),
        ("停车场", "('停车' & '车场')"),
        ('"路灯坏了"', "('路灯' <1> '灯坏' <1> '坏了')"),
        ('"路灯 not on"', "('路灯' <2> 'not' <1> 'on')"),
        ("street -light", "'street' & !('light')"),
        ("路灯 −停车场", "'路灯' & !(('停车' <1> '车场'))"),
        ("HY-2024-000123", "('hy' <1> '2024' <1> '000123')"),
        ('路灯 -"坏了', "'路灯' & !('坏了')"),
        ("a' | 'b", "'a' & 'b'"),
    ],
)
def test_compiled(typed, expected):
    assert query.search_query(typed).tsquery() == expected


def test_relaxed_wants_one_word_and_keeps_exclusions():
    assert query.search_query("路灯 坏 -停车").relaxed_tsquery() == "('路灯' | '坏':*) & !('停车')"


@hypothesis.given(
    st.text(
        st.characters(codec=None, exclude_categories=()) | st.sampled_from("\"“”-−'\\|&!():* 噪音"),
        max_size=60,
    )
)
def test_no_query_is_refused(typed):
    understood = query.search_query(typed)
    compiled = understood.tsquery()
    assert compiled.count("(") == compiled.count(")")
    understood.relaxed_tsquery()
    understood.highlights()


def test_long_queries_are_cut():
    assert len(query.search_query("路灯 " * 100_000).terms) <= query.MAX_TERMS


TYPED = st.text(st.sampled_from('乾燥後裏面著瞭噪聲擾民臺灣製髮發路燈公車停車場 -"“”a1'), max_size=30)


@hypothesis.given(TYPED)
def test_a_search_means_the_same_in_either_script(typed):
    simplified = opencc.OpenCC("t2s").convert(typed)
    assert query.search_query(simplified).tsquery() == query.search_query(typed).tsquery()
    assert query.search_query(simplified).highlights() == query.search_query(typed).highlights()
