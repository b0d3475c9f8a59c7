"""Case numbers: each once, in no order, the same for the same installation however many are asked for at once."""

import hypothesis
from hypothesis import strategies as st

from huiyin.kernel import public_ids


def test_no_two_cases_have_one_number():
    assert len(set(public_ids.case_numbers(range(150_000)))) == 150_000


@hypothesis.given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_many_at_once_are_numbered_like_each_alone(serials):
    numbers = public_ids.case_numbers([*serials, *serials])
    assert numbers == [public_ids.case_number(serial) for serial in serials] * 2
    assert all(public_ids.case_number_holds(number) for number in numbers)


def test_the_numbers_are_those_that_were_given_before(settings):
    settings.SECRET_KEY = "one"
    assert public_ids.case_numbers([1, 2, 10**6, 1]) == [
        "61462994122",
        "11098736231",
        "05320961922",
        "61462994122",
    ]


def test_another_installation_has_other_numbers(settings):
    settings.SECRET_KEY = "one"
    first = public_ids.case_numbers(range(50))
    settings.SECRET_KEY = "another"
    assert not set(first) & set(public_ids.case_numbers(range(50)))
    settings.SECRET_KEY = "one"
    assert public_ids.case_numbers(range(50)) == first
