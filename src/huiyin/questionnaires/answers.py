"""Reading raw answers, one reader per type of question. Each gives (value, problem); an empty value is no answer."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from huiyin.questionnaires.enums import AnswerProblem, QuestionType

Read = tuple[str | list[str], AnswerProblem | None]
LONGEST = 2_000
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.][0-9]{1,6})?", re.ASCII)
_DATE = re.compile(r"([0-9]{4})\s*[-./年]\s*([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*日?", re.ASCII)


def chosen(given: Any) -> list[str]:
    """Whatever was sent as a list of texts, without empty and repeated ones."""
    parts = given if isinstance(given, list | tuple) else [given]
    return list(dict.fromkeys(part for part in map(clean, parts) if part))


def clean(given: Any) -> str:
    """Text without control characters and blanks around it; anything that is no text counts as nothing."""
    if not isinstance(given, str):
        return ""
    lines = given.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(ch for ch in lines if ch in "\n\t" or unicodedata.category(ch) not in {"Cc", "Cs"}).strip()


def _single(given: Any) -> str:
    texts = chosen(given)
    return texts[-1] if texts else ""


def _text(given: Any, _values: Sequence[str]) -> Read:
    value = _single(given)
    return (value, AnswerProblem.TOO_LONG) if len(value) > LONGEST else (value, None)


def _number(given: Any, _values: Sequence[str]) -> Read:
    value = unicodedata.normalize("NFKC", _single(given)[:LONGEST]).replace(" ", "").replace("−", "-")
    if not value:
        return "", None
    if not _NUMBER.fullmatch(value):
        return value, AnswerProblem.NOT_A_NUMBER
    whole, _, part = value.lstrip("+-").partition(".")
    part = part.rstrip("0")
    plain = (whole.lstrip("0") or "0") + (f".{part}" if part else "")
    return ("-" if value.startswith("-") and plain != "0" else "") + plain, None


def _date(given: Any, _values: Sequence[str]) -> Read:
    value = unicodedata.normalize("NFKC", _single(given)[:LONGEST])
    if not value:
        return "", None
    found = _DATE.fullmatch(value)
    if not found:
        return value, AnswerProblem.NOT_A_DATE
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])).isoformat(), None
    except ValueError:
        return value, AnswerProblem.NO_SUCH_DATE


def _one(given: Any, values: Sequence[str]) -> Read:
    texts = chosen(given)
    if len(texts) > 1:
        return "", AnswerProblem.ONE_ONLY
    if texts and texts[0] not in values:
        return "", AnswerProblem.NO_SUCH_OPTION
    return (texts[0] if texts else ""), None


def _several(given: Any, values: Sequence[str]) -> Read:
    texts = chosen(given)
    if not set(texts) <= set(values):
        return [], AnswerProblem.NO_SUCH_OPTION
    # In the order of the form, so that equal answers are equal values.
    return [value for value in values if value in texts], None


READERS: dict[QuestionType, Callable[[Any, Sequence[str]], Read]] = {
    QuestionType.TEXT: _text,
    QuestionType.NUMBER: _number,
    QuestionType.DATE: _date,
    QuestionType.ONE_OF: _one,
    QuestionType.SEVERAL_OF: _several,
    QuestionType.YES_NO: _one,
}
