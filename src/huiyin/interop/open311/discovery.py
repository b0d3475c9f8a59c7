"""Where the interface is, in which formats, and how to get a key."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.catalogue import queries as catalogue

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When the interface itself was last changed.
CHANGED = "2026-11-26T00:00:00+08:00"


def document() -> dict[str, Any]:
    """Two endpoints: the real one, and one that checks everything and keeps nothing."""
    city = catalogue.localised(settings.HUIYIN_CITY_NAME)
    return {
        "changeset": CHANGED,
        "contact": f"{city}, {settings.HUIYIN_BASE_URL}/",
        "key_service": _("Ask %(city)s for a key: %(url)s/")
        % {"city": city, "url": settings.HUIYIN_BASE_URL},
        "endpoints": [
            _endpoint("/open311/v2/", "production"),
            _endpoint("/open311/test/v2/", "test"),
        ],
    }


def _endpoint(path: str, kind: str) -> dict[str, Any]:
    return {
        "specification": SPECIFICATION,
        "url": settings.HUIYIN_BASE_URL + path,
        "changeset": CHANGED,
        "type": kind,
        "formats": ["text/xml", "application/json"],
    }
