"""Reply templates: text with variables in braces."""

import re
from collections.abc import Mapping

from huiyin.knowledge.enums import Variable

# Full-width braces are what a Chinese keyboard gives.
_BRACES = re.compile(r"[{｛]\s*([^{}｛｝]{0,60}?)\s*[}｝]")


class UnknownVariables(ValueError):  # noqa: N818 -- says what was found
    """The text names variables that do not exist; `names` in the order of the text."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def variables(text: str) -> list[str]:
    """The variables in the text, each once, known or not."""
    return list(dict.fromkeys(_BRACES.findall(text)))


def check(text: str) -> None:
    """Refuse (UnknownVariables) a text with variables that do not exist."""
    unknown = [name for name in variables(text) if name not in Variable.values]
    if unknown:
        raise UnknownVariables(unknown)


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced; one without a value stays in braces, for the officer to see and fill.

    Values are put in as they are: braces inside a value are not read again. Refuses (UnknownVariables) variables
    that do not exist.
    """
    check(template)
    return _BRACES.sub(lambda found: values.get(found[1]) or f"{{{found[1]}}}", template)


def left_open(text: str) -> list[str]:
    """Known variables that still stand in a text that is about to be sent."""
    return [name for name in variables(text) if name in Variable.values]
