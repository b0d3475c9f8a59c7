"""Identifiers that people see: case numbers, secrets, tokens. None can be guessed from another one."""

from __future__ import annotations

import functools
import hmac
import secrets
import unicodedata
from array import array
from collections.abc import Iterable

from django.conf import settings

# Without 0/O, 1/I/L: people read these over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# The sum of the digits of twice a digit.
_DOUBLED = {str(digit): digit * 2 - 9 * (digit > 4) for digit in range(10)}


def code(length: int) -> str:
    """A random code of `length` characters, 4.95 bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped(text: str, size: int = 4) -> str:
    """`ABCD-EFGH`, easier to read aloud."""
    return "-".join(text[i : i + size] for i in range(0, len(text), size))


def plain(text: str) -> str:
    """What a person typed, without hyphens, blanks and case, in half-width letters."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).upper() if ch.isalnum())


def case_number(serial: int) -> str:
    """Ten digits and a check digit for the `serial`-th case: unique, and in no guessable order.

    A four-round Feistel network over two five-digit halves, keyed by the installation, permutes the serial number, so
    that no table of used numbers is needed; the last digit is Luhn's, so that a slip on the telephone is noticed.
    """
    return case_numbers([serial])[0]


def case_numbers(serials: Iterable[int]) -> list[str]:
    """The numbers of many cases at once, each as `case_number` gives it."""
    turns = _turns(settings.SECRET_KEY)
    found = []
    for serial in serials:
        left, right = divmod(serial % 10**10, 10**5)
        for key, known in turns:
            mixed = known[right]
            if mixed < 0:
                digest = hmac.digest(key, b"%d" % right, "sha256")
                mixed = known[right] = int.from_bytes(digest[:6], "big") % 10**5
            left, right = right, (left + mixed) % 10**5
        digits = f"{left:05d}{right:05d}"
        found.append(digits + _luhn(digits))
    return found


@functools.lru_cache(maxsize=1)
def _turns(_secret: str) -> list[tuple[bytes, array[int]]]:
    """The key of each round, and what it adds to each half, as far as it is known: a large import asks ten times."""
    return [(_key(f"case-number-{turn}"), array("i", [-1]) * 10**5) for turn in range(4)]


def case_number_holds(number: str) -> bool:
    """Whether the check digit of a typed case number is right."""
    return number.isdecimal() and number.isascii() and len(number) == 11 and _luhn(number[:-1]) == number[-1]


def _luhn(digits: str) -> str:
    return str(-(sum(map(int, digits[-2::-2])) + sum(map(_DOUBLED.__getitem__, digits[::-2]))) % 10)


def token() -> str:
    """An unguessable token for links: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 of `value` under the installation's key; equal values of one purpose can be found, not read back."""
    return hmac.digest(_key(purpose), value.encode(), "sha256").hex()


def _key(purpose: str) -> bytes:
    return f"{settings.SECRET_KEY}:{purpose}".encode()
