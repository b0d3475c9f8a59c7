"""The catalogue as programs read it: services, and the questions of each as attributes."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.catalogue import queries
from huiyin.interop.open311.problems import missing
from huiyin.questionnaires import queries as questionnaires
from huiyin.questionnaires.enums import QuestionType

DATATYPES = {
    QuestionType.TEXT: "text",
    QuestionType.NUMBER: "number",
    QuestionType.DATE: "datetime",
    QuestionType.ONE_OF: "singlevaluelist",
    QuestionType.SEVERAL_OF: "multivaluelist",
    QuestionType.YES_NO: "singlevaluelist",
}
REALTIME, BATCH = "realtime", "batch"


def services(units: Collection[int] | None) -> list[dict[str, Any]]:
    """What programs can file: every service that has no emergency number instead."""
    return [_service(row) for row in queries.leaves_offered().values() if _can_be_filed(row, units)]


def _can_be_filed(row: Any, units: Collection[int] | None) -> bool:
    return not row.current.emergency_notice and (units is None or row.current.unit_id in units)


def _service(row: Any) -> dict[str, Any]:
    version = row.current
    above = row.parent.current if row.parent_id else None
    return {
        "service_code": row.code,
        "service_name": queries.localised(version.public_names),
        "description": queries.localised(version.descriptions) or queries.localised(version.public_names),
        "metadata": bool(version.form_id),
        "type": kind(version),
        "keywords": ",".join(version.keywords),
        "group": queries.localised(above.public_names) if above else "",
    }


def kind(version: Any) -> str:
    """Cases that are never published get a token instead of a number that nobody can look up."""
    return REALTIME if version.may_publish else BATCH


def service(code: str, units: Collection[int] | None) -> Any:
    """A service that programs can file cases for; refuses others as unknown."""
    row = queries.leaves_offered().get(code)
    if row is None or not _can_be_filed(row, units):
        raise missing(_("service_code %(code)s is not known.") % {"code": code[:60]})
    return row


def definition(row: Any) -> dict[str, Any]:
    """The questions of a service. One that depends on another answer is never required, because it may not be asked."""
    asked = questionnaires.questions_of(row.current.form)
    language = get_language() or "zh-hans"
    return {
        "service_code": row.code,
        "attributes": [
            _attribute(question, place, language) for place, question in enumerate(asked, start=1)
        ],
    }


def _attribute(question: Any, place: int, language: str) -> dict[str, Any]:
    return {
        "variable": True,
        "code": question.code,
        "datatype": DATATYPES[question.type],
        "required": question.required and question.shown_if is None,
        "datatype_description": question.hint_text(language) or None,
        "order": place,
        "description": question.label(language),
        "values": [
            {"key": value, "name": question.value_label(value, language)} for value in question.values()
        ],
    }
