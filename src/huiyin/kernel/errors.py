"""Refusals. A verb raises one of these; one middleware turns it into a page or JSON with the right status.

Messages are shown to people: they say what happened and how to mend it, and never hold personal data.
"""

from collections.abc import Mapping

from django.utils.functional import Promise

Text = str | Promise


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """A verb declined to act; nothing was changed."""

    status = 422
    code = "refused"

    def __init__(self, message: Text = "", *, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class Denied(Refusal):
    """The actor may not do this."""

    status = 403
    code = "denied"


class Missing(Refusal):
    """There is no such thing, or none that the actor may know of."""

    status = 404
    code = "missing"


class Conflict(Refusal):
    """Somebody else changed it in between, or its state does not allow this any more."""

    status = 409
    code = "conflict"


class Invalid(Refusal):
    """What was given cannot be accepted; `fields` says which part and why."""

    status = 422
    code = "invalid"


class TooMany(Refusal):
    """A limit per address or per case was reached."""

    status = 429
    code = "too_many"
