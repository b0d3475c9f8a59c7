"""The signed receipt as a download."""

import json

from django.conf import settings
from django.http import HttpResponse

from huiyin.cases.queries import receipts


def response(number: str) -> HttpResponse:
    """The receipt of a case as a JSON file that no cache keeps."""
    body = json.dumps(receipts.receipt(number, url=settings.HUIYIN_BASE_URL), ensure_ascii=False, indent=2)
    found = HttpResponse(body, content_type="application/json; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="huiyin-{number}.json"'
    found["Cache-Control"] = "no-store"
    return found
