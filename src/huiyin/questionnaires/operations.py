"""Writes about forms."""

from typing import Any

from django.db import transaction

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.kernel.errors import Invalid
from huiyin.questionnaires import logic, permissions
from huiyin.questionnaires.models import Form


@transaction.atomic
def create_form(questions: Any, *, actor: accounts.Actor) -> Form:
    """Freeze questions (stored form) as a new form. Refuses (Invalid) questions that could not be asked or answered."""
    permissions.check_manage(actor)
    form = Form.objects.create(questions=logic.dump(checked(questions)))
    audit.record("form.created", actor=accounts.actor_name(actor), subject=f"form:{form.pk}")
    return form


def checked(questions: Any) -> tuple[logic.Question, ...]:
    """The questions, or a refusal (Invalid) that names the question and says how to mend it."""
    try:
        return logic.parse(questions)
    except logic.FormError as error:
        text = f"{error.code}: {error.problem.label}" if error.code else str(error.problem.label)
        raise Invalid(text, fields={error.problem.value: error.problem.label}) from error
