"""How logs are written: what went wrong and where, without the data that it went wrong with.

Tracebacks are plain: no local variables, which hold what people wrote. Of an exception's message the first line is
kept: PostgreSQL adds whole rows to its own ("Failing row contains …").
"""

import traceback
from typing import Any

import structlog
from structlog.typing import ExcInfo, Processor

SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]


def exception(exc_info: ExcInfo) -> str:
    """A traceback with the first line of each exception's message, and no values of variables."""
    told = traceback.TracebackException(*exc_info, compact=True)
    return "".join(_first_line(chunk) for chunk in told.format()).rstrip()


def _first_line(chunk: str) -> str:
    # Frames are indented, what stands between two exceptions begins with an empty line; all else is a message.
    if chunk.startswith((" ", "\n", "Traceback")):
        return chunk
    return f"{chunk.partition(chr(10))[0]}\n"


def configuration(*, as_json: bool, level: str) -> dict[str, Any]:
    """The value of Django's LOGGING; loggers of structlog write the same way."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    plain = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(exception),
            last,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": plain},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django.request": {"level": "ERROR"}, "procrastinate": {"level": "WARNING"}},
    }
