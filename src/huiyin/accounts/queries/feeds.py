"""Whose deadlines a secret address shows."""

from huiyin.accounts.models import DeadlineFeed, User
from huiyin.kernel import public_ids


def owner(token: str) -> User | None:
    """The member of staff whose address this is, as long as they may sign in; None otherwise."""
    row = DeadlineFeed.objects.select_related("user").filter(token_hash=token_hash(token)).first()
    return row.user if row is not None and row.user.is_active else None


def has_one(user: User) -> bool:
    """Whether the user has an address."""
    return DeadlineFeed.objects.filter(user=user).exists()


def token_hash(token: str) -> str:
    """What is stored of a secret: 256 random bits need no slow hashing."""
    return public_ids.keyed_hash("deadline-feed", token)
