"""What a worker process runs. Imports nothing of ours at the top: Django has to be set up first."""

import gc
import queue
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any


def work(end: Connection) -> None:
    """Take the plan, then batch after batch, until the other end is closed."""
    import django  # noqa: PLC0415 -- a fresh interpreter

    django.setup()
    from huiyin.usecases.bulk.batches import Importer  # noqa: PLC0415 -- models, after the set-up

    # Thousands of rows at a time and hardly a cycle among them: looking for cycles after every few hundred takes longer
    # than it gives back.
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    received = _reading(end)
    with suppress(BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        importer: Importer | None = None
        plan = received.get()
        while (batch := received.get()) is not None:
            try:
                importer = importer or Importer(plan)
                end.send(importer.run(batch))
            except Exception as error:  # noqa: BLE001 -- told to the process that reads the file, which stops
                end.send(f"{type(error).__name__}: {error}")


def _reading(end: Connection) -> queue.Queue[Any]:
    """What comes in, read by a thread: neither end can then wait for the other to read first. None is the end."""
    received: queue.Queue[Any] = queue.Queue(maxsize=1)

    def read() -> None:
        with suppress(EOFError, OSError):
            while True:
                received.put(end.recv())
        received.put(None)

    threading.Thread(target=read, daemon=True).start()
    return received
