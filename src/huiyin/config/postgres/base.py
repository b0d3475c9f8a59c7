"""Django's PostgreSQL backend that starts the embedded server before the first connection."""

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from huiyin.config import embedded


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

    def init_connection_state(self) -> None:
        """Keep the lists of new words short: every search reads through them. An import asks for a longer one."""
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute("SET gin_pending_list_limit = '256kB'")
