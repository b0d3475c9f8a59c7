"""The database of the tests, for commands that run as processes of their own and for others who use it at the same time."""

import contextlib
from collections.abc import Iterator

import psycopg
from django.db import connection


@contextlib.contextmanager
def somebody_else() -> Iterator[psycopg.Connection]:
    """Another connection to the same database, each of its statements a transaction."""
    parameters = {**connection.get_connection_params(), "cursor_factory": psycopg.Cursor, "context": None}
    with psycopg.connect(**parameters, autocommit=True) as other:
        yield other


def url() -> str:
    """What `DATABASE_URL` says for it, by socket or by host and port."""
    made = connection.settings_dict
    host, name = made["HOST"], made["NAME"]
    place = f"{host}:{made['PORT']}/{name}" if made["PORT"] else f"/{name}?host={host}"
    return f"postgresql://{made['USER']}:{made['PASSWORD']}@{place}"
