"""Writes about reply templates. `actor` is a member of staff, or "system" for a command on the machine itself."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.kernel.errors import Invalid
from huiyin.knowledge import logic, permissions
from huiyin.knowledge.enums import Variable
from huiyin.knowledge.models import ReplyTemplate


@dataclass(frozen=True)
class Draft:
    """A reply template before it is saved; empty `state`, no service and no unit mean: for all of them."""

    title: str
    text: str
    language: str = "zh-hans"
    state: str = ""
    service_id: int | None = None
    unit_id: int | None = None


@transaction.atomic
def create_template(draft: Draft, *, actor: accounts.Actor) -> ReplyTemplate:
    """Offer a new template. Refuses (Invalid) an empty title or text and variables that do not exist."""
    permissions.check_manage(actor)
    _check(draft)
    row = ReplyTemplate.objects.create(**asdict(draft))
    _record("template.created", row, actor)
    return row


@transaction.atomic
def change_template(row: ReplyTemplate, *, draft: Draft, actor: accounts.Actor) -> None:
    """Change a template; replies already sent stay as they are. Refusals as for creating."""
    permissions.check_manage(actor)
    _check(draft)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    row.save()
    _record("template.changed", row, actor)


@transaction.atomic
def retire_template(row: ReplyTemplate, *, actor: accounts.Actor) -> None:
    """Offer a template no more."""
    permissions.check_manage(actor)
    ReplyTemplate.objects.filter(pk=row.pk).update(is_active=False)
    _record("template.retired", row, actor)


@transaction.atomic
def offer_template(row: ReplyTemplate, *, actor: accounts.Actor) -> None:
    """Offer a retired template again."""
    permissions.check_manage(actor)
    ReplyTemplate.objects.filter(pk=row.pk).update(is_active=True)
    _record("template.offered", row, actor)


def _check(draft: Draft) -> None:
    problems: dict[str, str] = {}
    if not draft.title.strip():
        problems["title"] = _("Write a title.")
    if not draft.text.strip():
        problems["text"] = _("Write the text.")
    try:
        logic.check(draft.text)
    except logic.UnknownVariables as error:
        problems["text"] = unknown_text(error)
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def unknown_text(error: logic.UnknownVariables) -> str:
    """What is wrong, and which variables there are."""
    return _("There is no variable %(unknown)s. You can use %(known)s.") % {
        "unknown": ", ".join(f"{{{name}}}" for name in error.names),
        "known": ", ".join(f"{{{name}}}" for name in Variable.values),
    }


def _record(action: str, row: ReplyTemplate, actor: accounts.Actor) -> None:
    audit.record(action, actor=accounts.actor_name(actor), subject=f"template:{row.pk}")
