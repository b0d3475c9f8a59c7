"""The secret of an open consultation. Read on its own, so that no list of consultations carries it around."""

from dataclasses import dataclass, field

from django.db import connection

from huiyin.consultations import pseudonyms
from huiyin.kernel.vault import decrypt


@dataclass(frozen=True)
class Sealed:
    """A secret that was read and can be used, but is neither shown nor handed out."""

    _secret: str = field(repr=False)

    def marks(self, proof: pseudonyms.Proof) -> pseudonyms.Marks | None:
        """Both pseudonyms of whoever shows `proof`; None once the secret is destroyed."""
        return marks(self._secret, proof)


def of(pk: int) -> str:
    """The secret, or "" once it is destroyed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM consultations_consultation WHERE id = %s", [pk])
        found = cursor.fetchone()
    return decrypt(found[0]) if found else ""


def marks(known: str, proof: pseudonyms.Proof) -> pseudonyms.Marks | None:
    """Both pseudonyms of whoever shows `proof`; None once the secret is destroyed: nobody is recognised any more."""
    if not known:
        return None
    return pseudonyms.Marks(pseudonyms.voter(known, proof), pseudonyms.author(known, proof))
