"""The key that signs tree heads and promises: Ed25519, its seed in `HUIYIN_LOG_KEY`."""

import functools
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from huiyin.audit import logic

SEED_BYTES = 32


@functools.lru_cache(maxsize=4)
def _private(seed: str) -> Ed25519PrivateKey:
    try:
        raw = bytes.fromhex(seed)
    except ValueError:
        raw = b""
    if len(raw) != SEED_BYTES:
        raise ImproperlyConfigured(
            "HUIYIN_LOG_KEY must be 64 hexadecimal digits (the seed of an Ed25519 key)."
        )
    return Ed25519PrivateKey.from_private_bytes(raw)


def sign(message: bytes) -> bytes:
    """Signature (64 bytes) of this log over `message`; raises ImproperlyConfigured if the key is not one."""
    return _private(settings.HUIYIN_LOG_KEY).sign(message)


def public() -> bytes:
    """The public key (32 bytes)."""
    return _private(settings.HUIYIN_LOG_KEY).public_key().public_bytes_raw()


def log_id() -> str:
    """Identifier of this log: SHA-256 of its public key."""
    return logic.key_id(public())


def origin() -> str:
    """Name of this log in signed texts: host and path, no scheme."""
    parts = urlsplit(settings.HUIYIN_BASE_URL)
    return f"{parts.netloc}{parts.path}/log"


def holds(*, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature over `message` was made with the private part of `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
