"""The address that limits count."""

import pytest
from django.test import RequestFactory

from huiyin.kernel import addresses


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "counted"),
    [
        (0, "192.0.2.7", "203.0.113.9", "192.0.2.7"),
        (1, "10.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (2, "10.0.0.1", "spoofed, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        # Somebody with a network of their own is one sender, whichever of its addresses they use.
        (0, "2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::/64"),
        (1, "10.0.0.1", "[2001:db8:1:2:bbbb::9]", "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.7", "", "192.0.2.7"),
        (0, "", "", ""),
    ],
)
def test_address_counts_the_sender_and_believes_no_header_of_theirs(
    settings, proxies, peer, forwarded, counted
):
    settings.HUIYIN_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert addresses.of(request) == counted
