"""Django's PostgreSQL backend that starts the embedded server before the first connection."""

import datetime as dt
import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

from huiyin.config import embedded

# Not one in a transaction that failed: it answers nothing any more.
_AT_REST = {TransactionStatus.IDLE, TransactionStatus.INTRANS}


class _Moment(TimestamptzLoader):
    """Moments as Python itself reads them, in a tenth of the time that Django and psycopg take.

    A page of search reads seven hundred of them. Django speaks UTC with the server, so each ends in "+00".
    """

    timezone = dt.UTC  # Django asks whether it fits the connection

    def load(self, data: Any) -> dt.datetime:
        """A moment in UTC; what Python cannot read (years before 1 or beyond 9999, infinity) is refused by psycopg."""
        text = str(data, "ascii")
        if text.endswith("+00"):
            try:
                return dt.datetime.fromisoformat(text)
            except ValueError:
                pass
        return super().load(data).astimezone(self.timezone)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Start the embedded server if need be, also after it died, then connect."""
        cluster = self.settings_dict.get("CLUSTER")
        if cluster is None:
            return super().get_new_connection(conn_params)
        embedded.ensure(cluster)
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            if getattr(
                error, "sqlstate", None
            ):  # the server answered, for example that it has no such database
                raise
            embedded.revive(cluster)
            return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        """Whether the connection stands, without a question to the server before every request's first one.

        A server says nothing unasked; what can be read from an idle connection are its last words or its end.
        """
        raw = self.connection
        if raw is None or raw.closed or raw.info.transaction_status not in _AT_REST:
            return False
        quiet = select.poll()
        quiet.register(raw.fileno(), select.POLLIN)
        return not quiet.poll(0)

    def init_connection_state(self) -> None:
        """Read moments quickly, and keep the lists of new words short: every search reads through them.

        An import asks for a longer one.
        """
        super().init_connection_state()
        self.connection.adapters.register_loader("timestamptz", _Moment)
        with self.connection.cursor() as cursor:
            cursor.execute("SET gin_pending_list_limit = '256kB'")
