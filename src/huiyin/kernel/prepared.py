"""Statements that the server keeps taken apart and planned, for the few that run hundreds of times a second.

Django writes the values into the text of a statement, and PostgreSQL reads and plans each text anew; for a long
statement that touches few rows this is more than half of the work. Here the values go beside the text. From the third
time on a connection knows the statement already, and keeps the hundred that were last used.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection

_THRESHOLD = 2


def first_row(statement: str, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Carry out a statement; the first row of its answer, None if there is none. Errors are Django's.

    The server learns the kind of a value from where it stands: a bare `%(name)s IS NULL` needs a cast.
    """
    with connection.cursor() as cursor:
        raw = connection.connection
        raw.prepare_threshold = _THRESHOLD
        # What Django puts around a cursor (its errors, its log, whoever watches statements) stays.
        cursor.cursor = psycopg.Cursor(raw)
        cursor.execute(statement, given)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found
