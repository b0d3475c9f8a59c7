"""Questions, when they are shown, and what their answers are worth. Values in, decisions out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huiyin.questionnaires import answers as reading
from huiyin.questionnaires.definition import FormError, dump, parse
from huiyin.questionnaires.enums import AnswerProblem
from huiyin.questionnaires.questions import CHOICES, NO, YES, Condition, Option, Question, text_in

__all__ = [
    "CHOICES",
    "NO",
    "YES",
    "Checked",
    "Condition",
    "FormError",
    "Option",
    "Question",
    "answer",
    "dump",
    "parse",
    "snapshot",
    "text_in",
    "validate",
    "visible",
]

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Checked:
    """Accepted answers, or what is wrong with them by the question's code; one of the two is empty.

    Each answer is `{"code", "label", "value", "shown"}`: the question's code and its text at this time, the value as
    stored (text, canonical number, ISO date, option code, "yes"/"no", or a list of option codes) and the value as a
    person reads it. Questions not shown and questions left empty have no entry.
    """

    answers: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, AnswerProblem] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the answers can be kept."""
        return not self.errors


def visible(questions: Sequence[Question], answers: Raw) -> list[Question]:
    """The questions to be shown with these raw answers, in order.

    A question that depends on one that is not shown is not shown either, whatever was answered to it before.
    """
    shown: dict[str, Question] = {}
    for question in questions:
        condition = question.shown_if
        if condition is None or (
            condition.code in shown and condition.equals in reading.chosen(answers.get(condition.code))
        ):
            shown[question.code] = question
    return list(shown.values())


def validate(questions: Sequence[Question], raw: Raw, *, language: str = "zh-hans") -> Checked:
    """Check raw answers (text or list of texts by code) and freeze them with the labels of `language`.

    Answers to questions that are not shown, and to codes that no question has, are dropped without a word.
    """
    accepted: list[dict[str, Any]] = []
    errors: dict[str, AnswerProblem] = {}
    for question in visible(questions, raw):
        value, problem = answer(question, raw.get(question.code))
        if problem is not None:
            errors[question.code] = problem
        elif value:
            accepted.append(snapshot(question, value, language=language))
    return Checked(errors=errors) if errors else Checked(answers=accepted)


def answer(question: Question, given: Any) -> tuple[str | list[str], AnswerProblem | None]:
    """The value of one raw answer (empty if nothing was answered) and what is wrong with it."""
    value, problem = reading.READERS[question.type](given, question.values())
    if problem is None and question.required and not value:
        return value, AnswerProblem.REQUIRED
    return value, problem


def snapshot(question: Question, value: str | list[str], *, language: str) -> dict[str, Any]:
    """One answer as it is stored with a case."""
    values = value if isinstance(value, list) else [value]
    between = "、" if language.startswith("zh") else ", "
    return {
        "code": question.code,
        "label": question.label(language),
        "value": value,
        "shown": between.join(question.value_label(one, language) for one in values),
    }
