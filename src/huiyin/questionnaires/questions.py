"""What a question is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from huiyin.questionnaires.enums import QuestionType

Texts = Mapping[str, str]
CHOICES = frozenset({QuestionType.ONE_OF, QuestionType.SEVERAL_OF})
YES, NO = "yes", "no"
# The snapshot is written in the person's language, whatever the process speaks at that moment.
_YES_NO = {"zh": {YES: "是", NO: "否"}, "en": {YES: "Yes", NO: "No"}}


def text_in(texts: Texts, language: str) -> str:
    """The text in `language`; else in Simplified Chinese, English, or any there is."""
    for code in (language, "zh-hans", "zh-hant", "en"):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    code: str
    labels: Texts

    def label(self, language: str) -> str:
        """What people read."""
        return text_in(self.labels, language)


@dataclass(frozen=True)
class Condition:
    """The question is shown only if the answer to `code` is (or contains) `equals`."""

    code: str
    equals: str


@dataclass(frozen=True)
class Question:
    """One question of a form."""

    code: str
    type: QuestionType
    labels: Texts
    hint: Texts = field(default_factory=dict)
    required: bool = False
    options: tuple[Option, ...] = ()
    shown_if: Condition | None = None

    def label(self, language: str) -> str:
        """The question as people read it."""
        return text_in(self.labels, language)

    def hint_text(self, language: str) -> str:
        """The hint as people read it; empty where there is none."""
        return text_in(self.hint, language)

    def values(self) -> tuple[str, ...]:
        """The values that can be chosen; empty for questions with a free answer."""
        if self.type == QuestionType.YES_NO:
            return (YES, NO)
        return tuple(option.code for option in self.options)

    def value_label(self, value: str, language: str) -> str:
        """How a value is shown: the option's label, yes or no, or the value itself."""
        if self.type == QuestionType.YES_NO:
            return _YES_NO["zh" if language.startswith("zh") else "en"].get(value, value)
        return next((option.label(language) for option in self.options if option.code == value), value)
