"""Identifiers that people see: case numbers, secrets, tokens. None can be guessed from another one."""

import hmac
import secrets
import unicodedata

from django.conf import settings

# Without 0/O, 1/I/L: people read these over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


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
    left, right = divmod(serial % 10**10, 10**5)
    for turn in range(4):
        mixed = int(keyed_hash(f"case-number-{turn}", str(right))[:12], 16)
        left, right = right, (left + mixed) % 10**5
    digits = f"{left:05d}{right:05d}"
    return digits + _luhn(digits)


def case_number_holds(number: str) -> bool:
    """Whether the check digit of a typed case number is right."""
    return number.isdecimal() and number.isascii() and len(number) == 11 and _luhn(number[:-1]) == number[-1]


def _luhn(digits: str) -> str:
    doubled = (int(d) * (2 - i % 2) for i, d in enumerate(reversed(digits)))
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def token() -> str:
    """An unguessable token for links: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 of `value` under the installation's key; equal values of one purpose can be found, not read back."""
    key = f"{settings.SECRET_KEY}:{purpose}".encode()
    return hmac.digest(key, value.encode(), "sha256").hex()
