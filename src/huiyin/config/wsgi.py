"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from huiyin.config import frames, heap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
application = frames.with_room(get_wsgi_application())

from huiyin.config import remembering  # noqa: E402 -- reads models, which are there only now

heap.settle()
remembering.begin_with_first_request()
