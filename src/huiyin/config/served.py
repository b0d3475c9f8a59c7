"""The WSGI application in a web process that `huiyin serve` started: it ends with the server that it belongs to.

Granian's main process starts its web processes and listens for signals, but does not answer requests itself. Killed
outright, it would leave them behind, with the port and the connections to the database, and nobody to stop them. They
cannot be asked to end in order: until a process is up, it has the handlers of the one that started it.
"""

import signal

from huiyin.config.wsgi import application
from huiyin.web.components import supervisor

__all__ = ["application"]

supervisor.die_with_parent(signal.SIGKILL)
