"""What a worker process runs. Imports nothing of ours at the top: Django has to be set up first."""

from contextlib import suppress
from multiprocessing.connection import Connection


def work(end: Connection) -> None:
    """Take the plan, then batch after batch, until the other end is closed."""
    import django  # noqa: PLC0415 -- a fresh interpreter

    django.setup()
    from huiyin.usecases.bulk.batches import Importer  # noqa: PLC0415 -- models, after the set-up

    with suppress(EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        importer: Importer | None = None
        plan = end.recv()
        while True:
            batch = end.recv()
            try:
                importer = importer or Importer(plan)
                end.send(importer.run(batch))
            except Exception as error:  # noqa: BLE001 -- told to the process that reads the file, which stops
                end.send(f"{type(error).__name__}: {error}")
