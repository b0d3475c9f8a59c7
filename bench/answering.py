"""Pages as a web process answers them: by the WSGI application itself, in this process, with the cookies of a browser.

Django's test client connects signals anew for every request and never lets them go, thousands of objects that the
collector then looks through; no process that serves people has them.
"""

import io
from collections.abc import Callable

from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory

from huiyin.config import frames


class Pages:
    """The application; build it before the collector is told to leave alone what is there."""

    def __init__(self) -> None:
        self._application = frames.with_room(get_wsgi_application())

    def getter(self, browser: Client, url: str) -> Callable[[], tuple[str, str]]:
        """A function that asks for the page, sends all of it nowhere, and returns status and type of content."""
        factory = RequestFactory(**browser.defaults)
        factory.cookies = browser.cookies
        asked = factory.get(url).environ

        def get() -> tuple[str, str]:
            found = []
            answer = self._application(
                asked | {"wsgi.input": io.BytesIO()},
                lambda status, headers, _error=None: found.extend(
                    (status[:3], dict(headers).get("Content-Type", ""))
                ),
            )
            for _part in answer:
                pass
            answer.close()
            status, content = found
            return status, content

        return get
