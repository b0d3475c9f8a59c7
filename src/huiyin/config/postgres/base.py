"""Django's PostgreSQL backend that starts the embedded server before the first connection."""

from typing import Any

from django.db.backends.postgresql import base

from huiyin.config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Start the server if need be, then connect."""
        cluster = self.settings_dict.get("CLUSTER")
        if cluster is not None:
            embedded.ensure(cluster)
        return super().get_new_connection(conn_params)
