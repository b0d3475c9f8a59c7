import string

from hypothesis import given
from hypothesis import strategies as st

from huiyin.consultations import codes, pseudonyms
from huiyin.consultations.pseudonyms import Proof
from huiyin.kernel.public_ids import ALPHABET

BODIES = st.text(ALPHABET, min_size=15, max_size=15)


def test_new_codes_hold_and_differ():
    made = {codes.new_code() for _turn in range(500)}
    assert len(made) == 500
    assert all(codes.holds(code) and len(code) == 16 for code in made)


@given(BODIES, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_noticed(body, place, other):
    code = body + codes.check_character(body)
    wrong = code[:place] + other + code[place + 1 :]
    assert codes.holds(wrong) is (wrong == code)


@given(BODIES, st.integers(0, 14))
def test_every_swap_of_neighbours_is_noticed(body, place):
    code = body + codes.check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert codes.holds(swapped) is (swapped == code)


@given(st.text(string.printable, max_size=20))
def test_what_is_no_code_does_not_hold(text):
    assert codes.holds(text) is (
        len(text) == 16 and set(text) <= set(ALPHABET) and codes.check_character(text[:-1]) == text[-1]
    )


def test_what_is_stored_tells_the_code_of_no_other_consultation():
    code = codes.new_code()
    assert codes.stored(code, salt="a") != codes.stored(code, salt="b")
    assert code not in codes.stored(code, salt="a")


def test_votes_and_statements_of_one_person_have_pseudonyms_without_relation():
    secret, other = pseudonyms.new_secret(), pseudonyms.new_secret()
    proof = Proof("code", "x")
    found = {
        pseudonyms.voter(secret, proof),
        pseudonyms.author(secret, proof),
        pseudonyms.voter(other, proof),
        pseudonyms.voter(secret, Proof("browser", "x")),
    }
    assert len(found) == 4
    assert pseudonyms.voter(secret, proof) == pseudonyms.voter(secret, Proof("code", "x"))
