"""The database of the tests, for commands that run as processes of their own."""

from django.db import connection


def url() -> str:
    """What `DATABASE_URL` says for it, by socket or by host and port."""
    made = connection.settings_dict
    host, name = made["HOST"], made["NAME"]
    place = f"{host}:{made['PORT']}/{name}" if made["PORT"] else f"/{name}?host={host}"
    return f"postgresql://{made['USER']}:{made['PASSWORD']}@{place}"
