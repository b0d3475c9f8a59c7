"""What went wrong, with the codes of GeoReport v2: 404 for what is not known, 403 for the key, else 400."""

from huiyin.kernel import errors


class Problem(Exception):  # noqa: N818 -- an answer that the client reads, not a fault
    """One or more errors to be answered in the format that was asked for."""

    def __init__(self, status: int, *descriptions: str) -> None:
        super().__init__(*descriptions)
        self.status = status
        self.descriptions = descriptions or ("",)


def bad(*descriptions: str) -> Problem:
    """Something in the request has to be mended."""
    return Problem(400, *descriptions)


def missing(description: str) -> Problem:
    """There is no such thing, or none that the public may know of."""
    return Problem(404, description)


def of_refusal(refusal: errors.Refusal) -> Problem:
    """What a verb refused, with the status that the standard has for it."""
    status = refusal.status if refusal.status in {403, 404, 429} else 400
    said = [f"{name}: {text}" for name, text in refusal.fields.items()] or [str(refusal.message)]
    return Problem(status, *said)
