"""Statements that the server keeps taken apart and planned, for the few that run hundreds of times a second.

Django writes the values into the text of a statement, and PostgreSQL reads and plans each text anew; for a long
statement that touches few rows this is more than half of the work. Here the values go beside the text, and from the
second time on the connection knows the statement already.
"""

from collections.abc import Mapping
from typing import Any, Self

import psycopg
from django.db import connection


class _Cursor(psycopg.Cursor[Any]):
    """One whose statements are kept by the server.

    The connection is told so for this statement only: it would remember the last texts of Django's as well, and what
    people said and showed stands in those.
    """

    def execute(self, query: Any, params: Any = None, *, prepare: Any = True, binary: Any = None) -> Self:
        """Send the values beside the text."""
        self.connection.prepare_threshold = 0
        try:
            return super().execute(query, params, prepare=prepare, binary=binary)
        finally:
            self.connection.prepare_threshold = None

    def _send_query_prepared(self, name: bytes, pgq: Any, *, binary: bool | None = None) -> None:
        # As psycopg does where nothing is kept; Django's log of statements reads it.
        self._query = pgq
        super()._send_query_prepared(name, pgq, binary=binary)


def first_row(statement: str, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Carry out a statement; the first row of its answer, None if there is none. Errors are Django's.

    The server learns the kind of a value from where it stands: a bare `%(name)s IS NULL` needs a cast.
    """
    with connection.cursor() as cursor:
        # What Django puts around a cursor (its errors, its log, whoever watches statements) stays.
        cursor.cursor = _Cursor(connection.connection)
        cursor.execute(statement, given)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found
