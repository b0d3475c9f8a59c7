"""The internet address a request came from; used for limits only, and kept only as a keyed hash."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# What one connection gets of IPv6: whoever has it can send from any address in it.
IPV6_PREFIX = 64


def of(request: HttpRequest) -> str:
    """The client's address. Behind `HUIYIN_PROXIES` reverse proxies it is that far from the right in X-Forwarded-For.

    What a client writes into that header itself stands further left and is not believed. Of an IPv6 address only the
    network counts.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    count: int = settings.HUIYIN_PROXIES
    return _counted(hops[-count] if count and len(hops) >= count else peer)


def _counted(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
