"""Sending kept files: in pieces for players, under their own type, and never as a part of the site."""

from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from huiyin.files import queries
from huiyin.web.components import access

CHUNK = 256 * 1024
# Whatever a file holds, it runs nothing, loads nothing and is of no origin.
POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "sandbox; frame-ancestors 'none'"
)


@require_safe
@access.public(
    reason="The signed address is the key: it ends by itself and is shown only to those who may see the file."
)
def show(request: HttpRequest, signed: str) -> HttpResponseBase:
    """The content behind a signed address, whole or the range that is asked for."""
    served = queries.served(signed)
    etag = f'"{served.etag}"'
    if request.headers.get("If-None-Match") == etag:
        return _with_headers(HttpResponse(status=304), served)
    file = queries.opened(served.key)
    size = file.seek(0, 2)
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    try:
        part = queries.part(asked, size=size)
    except queries.NoSuchBytes:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = part or (0, size - 1)
    response = StreamingHttpResponse(_Pieces(file, first, last), content_type=served.content_type)
    response["Content-Length"] = str(last - first + 1)
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _with_headers(response, served)


def _with_headers(response: HttpResponseBase, served: queries.Served) -> HttpResponseBase:
    response["ETag"] = f'"{served.etag}"'
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = f"private, max-age={served.seconds_left}, immutable"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=not served.inline, filename=served.name) or "attachment"
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


class _Pieces:
    """Some bytes of an open file, piece by piece; closes the file even if nobody ever asks for the first piece."""

    def __init__(self, file: BinaryIO, first: int, last: int) -> None:
        self.file, self.first, self.last = file, first, last

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.first)
        left = self.last - self.first + 1
        while left > 0 and (piece := self.file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """Called by the response."""
        self.file.close()
