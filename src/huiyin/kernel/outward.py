"""Sending to addresses that somebody typed: never into a network that the installation shall not be a door to.

The name is looked up once, every address that it has is checked, and the connection goes to one that was checked: a
name that answers differently the second time changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.kernel.errors import Invalid

SECONDS = 10.0
CONNECT_SECONDS = 5.0
# Addresses of the old kind in clothes of the new one.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
SCHEMES = {"https": 443, "http": 80}


class Unreachable(Exception):  # noqa: N818 -- an answer that the sender reads, not a fault
    """It was not handed over; `reason` is a code without any words of the other side."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """An address taken apart."""

    scheme: str
    host: str
    port: int
    path: str


def check_address(url: str) -> None:
    """Refuse (Invalid) what is no web address, or one in a network that may not be reached, as far as is known now."""
    message = _("Write an address that begins with https:// and has a host, without a user name.")
    target = _target(url)
    if target is None or (target.scheme == "http" and not settings.HUIYIN_REACH_PRIVATE):
        raise Invalid(message, fields={"url": message})
    try:
        _resolved(target)
    except Unreachable as failure:
        if failure.reason == "private address":
            message = _(
                "This address lies in a private network. Whoever runs the installation can allow that."
            )
            raise Invalid(message, fields={"url": message}) from failure


@dataclass(frozen=True)
class Answer:
    """What the other side answered; of its body no more than was asked for."""

    status: int
    body: bytes


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """Send `body` and return the HTTP status. Raises Unreachable, nothing else; what is answered is not read."""
    return exchange(url, body=body, headers=headers, most=0).status


_instead: ContextVar[Callable[[str, bytes | None], Answer] | None] = ContextVar("instead", default=None)


@contextmanager
def answered_by(other_side: Callable[[str, bytes | None], Answer]) -> Iterator[None]:
    """In the block nothing leaves the house: `other_side` gets address and body, and answers. For demonstrations."""
    before = _instead.set(other_side)
    try:
        yield
    finally:
        _instead.reset(before)


def exchange(url: str, *, body: bytes | None, headers: Mapping[str, str], most: int) -> Answer:
    """Send `body` (without one: ask) and return status and body. Raises Unreachable, nothing else.

    A body of more than `most` bytes is refused as “too large”; with 0 it is not read at all.
    """
    target = _target(url)
    if target is None or (target.scheme == "http" and not settings.HUIYIN_REACH_PRIVATE):
        raise Unreachable("no web address")
    other_side = _instead.get()
    if other_side is not None:
        return other_side(url, body)
    address = _resolved(target)
    try:
        with _pool(target, address) as pool:
            answer = pool.urlopen(
                "GET" if body is None else "POST", target.path, body=body, redirect=False, retries=False,
                preload_content=False, headers={**headers, "Host": _host(target)},
            )  # fmt: skip
            read = answer.read(most + 1, decode_content=True) if most else b""
            status = int(answer.status)
            answer.close()
    except urllib3.exceptions.TimeoutError as error:
        raise Unreachable("timeout") from error
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise Unreachable(type(error).__name__[:40]) from error
    if len(read) > most:
        raise Unreachable("too large")
    return Answer(status, read)


def _target(url: str) -> Target | None:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in SCHEMES or not parts.hostname or parts.username is not None:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or any(ch.isspace() for ch in url.strip()):
        return None
    return Target(parts.scheme, parts.hostname, port or SCHEMES[parts.scheme], path)


def _resolved(target: Target) -> str:
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("no such host") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.HUIYIN_REACH_PRIVATE and not all(_is_public(address) for address in addresses):
        raise Unreachable("private address")
    return addresses[0]


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if inner is None and parsed in NAT64:
            inner = ipaddress.IPv4Address(parsed.packed[-4:])
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return parsed.is_global and not parsed.is_multicast


def _pool(target: Target, address: str) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=SECONDS)
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(address, target.port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address, target.port, timeout=timeout, cert_reqs="CERT_REQUIRED", assert_hostname=target.host,
        server_hostname=target.host,
    )  # fmt: skip


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == SCHEMES[target.scheme] else f"{name}:{target.port}"
