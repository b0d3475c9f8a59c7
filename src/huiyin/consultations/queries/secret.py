"""The secret of an open consultation. Read on its own, so that no list of consultations carries it around."""

from django.db import connection

from huiyin.consultations.models import Consultation
from huiyin.kernel.vault import decrypt


def of(row: Consultation) -> str:
    """The secret, or "" once it is destroyed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM consultations_consultation WHERE id = %s", [row.pk])
        found = cursor.fetchone()
    return decrypt(found[0]) if found else ""
