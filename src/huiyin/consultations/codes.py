"""Codes that are printed or sent: fifteen random characters and a check character. Values in, values out."""

import hashlib
import hmac
import secrets

from huiyin.kernel.public_ids import ALPHABET

LENGTH = 16
_SIZE = len(ALPHABET)  # 31, a prime: the check finds every wrong character and every swap of neighbours


def new_code() -> str:
    """A code that nobody can guess: 74 bits."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The character after `body`: a sum in which each place counts differently, modulo the size of the alphabet."""
    return ALPHABET[-sum(place * ALPHABET.index(ch) for place, ch in enumerate(body, start=2)) % _SIZE]


def holds(code: str) -> bool:
    """Whether `code`, in capitals and without hyphens, has the right length, characters and check."""
    return (
        len(code) == LENGTH
        and all(ch in ALPHABET for ch in code)
        and hmac.compare_digest(check_character(code[:-1]), code[-1])
    )


def stored(code: str, *, salt: str) -> str:
    """What is kept of a code: a salted hash. A code has 74 random bits, so a fast hash cannot be turned back."""
    return hashlib.sha256(f"{salt}:{code}".encode()).hexdigest()
