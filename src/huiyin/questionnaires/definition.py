"""Reading and writing the stored form of questions (JSON), with every check that keeps a form answerable."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from huiyin.questionnaires.enums import FormProblem, QuestionType
from huiyin.questionnaires.questions import CHOICES, Condition, Option, Question

MOST_QUESTIONS, MOST_OPTIONS = 40, 60
LONGEST_LABEL, LONGEST_HINT = 300, 600
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_OPTION_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)


class FormError(ValueError):
    """The questions cannot be used: `problem` says why, `code` names the question where one is to blame."""

    def __init__(self, problem: FormProblem, code: str = "") -> None:
        super().__init__(f"{code}: {problem.value}" if code else problem.value)
        self.problem = problem
        self.code = code


def parse(stored: Any) -> tuple[Question, ...]:
    """The questions of a stored form, in order. Refuses with FormError whatever could not be asked or answered."""
    _require(isinstance(stored, list), FormProblem.SHAPE)
    _require(len(stored) <= MOST_QUESTIONS, FormProblem.TOO_MANY)
    questions: list[Question] = []
    for row in stored:
        questions.append(_question(row, questions))
    return tuple(questions)


def dump(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """The stored form; `parse(dump(questions)) == questions`."""
    return [
        {
            "code": question.code,
            "type": question.type.value,
            "labels": dict(question.labels),
            "hint": dict(question.hint),
            "required": question.required,
            "options": [{"code": option.code, "labels": dict(option.labels)} for option in question.options],
            "shown_if": {"code": question.shown_if.code, "equals": question.shown_if.equals}
            if question.shown_if
            else None,
        }
        for question in questions
    ]


def _require(holds: object, problem: FormProblem, code: str = "") -> None:
    if not holds:
        raise FormError(problem, code)


def _question(row: Any, earlier: Sequence[Question]) -> Question:
    _require(isinstance(row, Mapping), FormProblem.SHAPE)
    code = row.get("code")
    _require(isinstance(code, str) and _CODE.fullmatch(code), FormProblem.CODE, str(code)[:40])
    _require(all(code != other.code for other in earlier), FormProblem.CODE_TWICE, code)
    _require(row.get("type") in QuestionType.values, FormProblem.TYPE, code)
    kind = QuestionType(row["type"])
    return Question(
        code=code,
        type=kind,
        labels=_texts(row.get("labels"), FormProblem.LABEL, code, longest=LONGEST_LABEL, least=1),
        hint=_texts(row.get("hint") or {}, FormProblem.HINT, code, longest=LONGEST_HINT),
        required=row.get("required") is True,
        options=_options(row.get("options") or [], kind, code),
        shown_if=_condition(row.get("shown_if"), code, earlier),
    )


def _texts(given: Any, problem: FormProblem, code: str, *, longest: int, least: int = 0) -> dict[str, str]:
    _require(isinstance(given, Mapping), problem, code)
    pairs = given.items()
    _require(all(isinstance(k, str) and isinstance(v, str) for k, v in pairs), problem, code)
    texts = {language: text.strip() for language, text in pairs if text.strip()}
    _require(len(texts) >= least and all(len(text) <= longest for text in texts.values()), problem, code)
    return texts


def _options(given: Any, kind: QuestionType, code: str) -> tuple[Option, ...]:
    _require(isinstance(given, list), FormProblem.OPTION, code)
    if kind not in CHOICES:
        _require(not given, FormProblem.OPTIONS_NOT_USED, code)
        return ()
    _require(len(given) >= 2, FormProblem.NO_OPTIONS, code)
    _require(len(given) <= MOST_OPTIONS, FormProblem.TOO_MANY, code)
    options = tuple(_option(row, code) for row in given)
    _require(len({option.code for option in options}) == len(options), FormProblem.OPTION, code)
    return options


def _option(row: Any, code: str) -> Option:
    _require(isinstance(row, Mapping), FormProblem.OPTION, code)
    own = row.get("code")
    _require(isinstance(own, str) and _OPTION_CODE.fullmatch(own), FormProblem.OPTION, code)
    return Option(own, _texts(row.get("labels"), FormProblem.OPTION, code, longest=LONGEST_LABEL, least=1))


def _condition(given: Any, code: str, earlier: Sequence[Question]) -> Condition | None:
    if given is None:
        return None
    _require(isinstance(given, Mapping), FormProblem.SHAPE, code)
    _require(given.get("code") != code, FormProblem.CONDITION_ITSELF, code)
    parent = next((question for question in earlier if question.code == given.get("code")), None)
    _require(parent is not None, FormProblem.CONDITION_LATER, code)
    values = parent.values() if parent else ()
    _require(values, FormProblem.CONDITION_TYPE, code)
    _require(given.get("equals") in values, FormProblem.CONDITION_VALUE, code)
    return Condition(str(given["code"]), str(given["equals"]))
