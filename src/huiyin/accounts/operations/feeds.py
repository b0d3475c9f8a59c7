"""Secret addresses of deadlines: each member of staff has one at most, and takes it back alone."""

from django.db import transaction

from huiyin.accounts.models import DeadlineFeed, User
from huiyin.accounts.queries import feeds
from huiyin.audit import operations as audit
from huiyin.kernel import public_ids


@transaction.atomic
def give(user: User) -> str:
    """Make an address for the user and return its secret, which is kept nowhere; the one before leads nowhere now."""
    token = public_ids.token()
    DeadlineFeed.objects.update_or_create(user=user, defaults={"token_hash": feeds.token_hash(token)})
    audit.record("user.deadline_feed_given", actor=f"user:{user.pk}", subject=f"user:{user.pk}")
    return token


@transaction.atomic
def take(user: User) -> None:
    """The user's address leads nowhere any more."""
    gone, _rows = DeadlineFeed.objects.filter(user=user).delete()
    if gone:
        audit.record("user.deadline_feed_taken", actor=f"user:{user.pk}", subject=f"user:{user.pk}")
