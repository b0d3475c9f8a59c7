"""Codes to print or to send. They are shown once, when they are made; only salted hashes stay."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.consultations import codes, permissions
from huiyin.consultations.enums import OVER, Audience
from huiyin.consultations.models import Code, CodeBatch
from huiyin.consultations.operations.acting import locked, record
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid

MOST_AT_ONCE = 5_000


@dataclass(frozen=True)
class Package:
    """Codes that were just made, in clear. They cannot be shown again."""

    batch: CodeBatch
    codes: list[str]


@transaction.atomic
def make_codes(pk: int, *, label: str, count: int, actor: accounts.Actor) -> Package:
    """Make a package of codes. Refuses (Invalid) more than 5,000 at once, (Conflict) where nobody needs a code."""
    row = locked(pk)
    permissions.check_organise(actor, row.unit_id)
    if row.audience != Audience.CODES or row.state in OVER:
        raise Conflict(_("This consultation takes no codes, or it has closed."))
    if not 1 <= count <= MOST_AT_ONCE:
        message = _("Make 1 to %(most)s codes at once.") % {"most": MOST_AT_ONCE}
        raise Invalid(message, fields={"count": message})
    batch = CodeBatch.objects.create(
        consultation=row, label=label.strip()[:100], count=count, author=accounts.actor_user(actor)
    )
    made = {codes.new_code() for _one in range(count)}
    Code.objects.bulk_create(
        [Code(batch=batch, consultation=row, stored=codes.stored(one, salt=row.code_salt)) for one in made],
        batch_size=1_000,
    )
    record("consultation.codes_made", row, actor, batch=batch.pk, count=count)
    return Package(batch, sorted(made))


@transaction.atomic
def revoke_codes(batch: CodeBatch, *, actor: accounts.Actor) -> None:
    """Let nobody take part with these codes from now on, as when a package was lost. Votes already given stay."""
    row = locked(batch.consultation_id)
    permissions.check_organise(actor, row.unit_id)
    CodeBatch.objects.filter(pk=batch.pk, revoked_at=None).update(revoked_at=clock.now())
    record("consultation.codes_revoked", row, actor, batch=batch.pk)
