"""The internet address a request came from; used for limits only, and kept only as a keyed hash."""

from django.conf import settings
from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    """The client's address. Behind `HUIYIN_PROXIES` reverse proxies it is that far from the right in X-Forwarded-For.

    What a client writes into that header itself stands further left and is not believed.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    count: int = settings.HUIYIN_PROXIES
    return hops[-count] if count and len(hops) >= count else peer
