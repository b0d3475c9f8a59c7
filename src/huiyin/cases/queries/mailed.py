"""Finding the case that a mail belongs to."""

from huiyin.cases.models import Case


def is_known(source: str, external_id: str) -> bool:
    """Whether there is a case with this identity in another system."""
    return Case.objects.filter(source=source, external_id=external_id).exists()


def takes_mail(number: str) -> bool:
    """Whether what the person writes can be added to the case: it is there, and was not erased."""
    return Case.objects.filter(number=number, anonymised_at__isnull=True).exists()


def case_of(number: str) -> tuple[int, str]:
    """Id and language of the case with this number."""
    return Case.objects.values_list("pk", "language").get(number=number)
