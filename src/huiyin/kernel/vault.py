"""The contact vault: text fields that are encrypted in the database.

Fernet (AES-128-CBC with HMAC-SHA-256). Keys come from the settings: the first encrypts, all decrypt, so that keys can
be changed.
"""

import functools
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@functools.cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Cipher text of `text`; the empty text stays empty, so that "nothing given" can be asked for."""
    return _fernet(tuple(settings.HUIYIN_VAULT_KEYS)).encrypt(text.encode()).decode() if text else ""


def decrypt(cipher: str) -> str:
    """The text again; raises cryptography.fernet.InvalidToken where no key fits."""
    return _fernet(tuple(settings.HUIYIN_VAULT_KEYS)).decrypt(cipher.encode()).decode() if cipher else ""


class EncryptedTextField(models.TextField[str, str]):
    """Text that is cipher text in the database. It cannot be searched or sorted."""

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        """Decrypt what the database holds."""
        return None if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what is about to be stored."""
        return None if value is None else encrypt(str(value))
