"""Keys of the installation: from the environment, or made once and kept in the data folder, for its owner only."""

import os
import secrets as random
from pathlib import Path

from cryptography.fernet import Fernet

from huiyin.config import environment as env


def value(name: str, data: Path) -> str:
    """The secret `name` (64 hexadecimal digits when made here)."""
    return env.text(name) or _kept(data / "secrets" / name.lower(), random.token_hex(32))


def vault_keys(data: Path) -> list[str]:
    """Fernet keys of the contact vault, newest first; there are several while keys are being changed."""
    return env.words("HUIYIN_VAULT_KEYS") or [
        _kept(data / "secrets" / "huiyin_vault_key", Fernet.generate_key().decode())
    ]


def _kept(path: Path, fresh: str) -> str:
    """First writer wins, so that processes starting together agree on one value."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        own.touch(mode=0o600)
        own.write_text(fresh)
        try:
            os.link(own, path)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_text().strip()
