"""Logs say what went wrong, never with whose data."""

import json
import logging

import pytest
import structlog

from huiyin.config import logs

WORDS = "我叫王小明，电话13812345678"
FROM_POSTGRESQL = f"new row violates a constraint\nDETAIL:  Failing row contains (1, {WORDS})."


def stored(text: str) -> None:
    raise ValueError(FROM_POSTGRESQL if text else "")


def failing() -> None:
    secret = WORDS  # stands in the frame, as what people write stands in the frames of views
    try:
        stored(secret)
    except ValueError as error:
        raise RuntimeError("could not be kept") from error


@pytest.mark.parametrize("as_json", [True, False])
def test_log_has_the_traceback_without_values(as_json: bool) -> None:
    formatter = logs.configuration(as_json=as_json, level="INFO")["formatters"]["plain"]
    made = structlog.stdlib.ProcessorFormatter(
        processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
    )
    try:
        failing()
    except RuntimeError as error:
        record = logging.LogRecord(
            "django.request", logging.ERROR, __file__, 1, "Internal Server Error: %s", ("/x/",),
            (type(error), error, error.__traceback__),
        )  # fmt: skip
    line = made.format(record)
    assert "in failing" in line
    assert "could not be kept" in line
    assert "new row violates a constraint" in line
    assert "/x/" in line
    assert "王小明" not in line
    assert "Failing row" not in line
    if as_json:
        assert json.loads(line)["level"] == "error"
