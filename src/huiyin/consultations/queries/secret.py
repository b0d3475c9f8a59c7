"""The secret of an open consultation. Read on its own, so that no list of consultations carries it around."""

from huiyin.consultations.models import Consultation


def of(row: Consultation) -> str:
    """The secret, or "" once it is destroyed."""
    return Consultation.objects.filter(pk=row.pk).values_list("secret", flat=True).first() or ""
