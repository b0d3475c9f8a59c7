"""Opening a case with its number and secret, as the person behind it does."""

import hmac

from django.utils.translation import gettext as _

from huiyin.cases.models import Case
from huiyin.cases.operations import intake, limits
from huiyin.kernel import public_ids
from huiyin.kernel.errors import Missing


def for_person(number: str, secret: str, *, address: str) -> Case:
    """The case that number and secret open together. Wrong tries are counted per case and per address."""
    number = public_ids.plain(number)
    case = Case.objects.filter(number=number).first()
    given = intake.secret_hash(secret)
    if case is None or not case.secret_hash or not hmac.compare_digest(case.secret_hash, given):
        limits.count_wrong_secret(number, address)
        raise Missing(
            _("Number and secret do not belong together. Check both; the secret has 12 letters and digits.")
        )
    return case
