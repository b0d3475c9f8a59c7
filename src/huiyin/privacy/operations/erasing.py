"""Erasing what is personal in a case. What stays is a case without words: when, which service, how it ended.

What is published stays as well: a text of its own, checked for personal data before it went out. The receipt's proof
holds for ever, because the log knows only a salted commitment; with the salt gone, nobody can guess what stood in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.cases.enums import Action, Party, State
from huiyin.cases.queries import holds
from huiyin.files import operations as files
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Missing
from huiyin.kernel.models import Model
from huiyin.privacy import logic, queries
from huiyin.privacy.enums import Rule
from huiyin.privacy.models import Deletion

# Time acts on finished cases only; the person may have an answered one erased before silence closes it.
FINISHED = (State.CLOSED, State.NOT_ACCEPTED, State.WITHDRAWN)
ERASABLE = (State.ANSWERED, *FINISHED)


@transaction.atomic
def erase_case(case_id: int, *, actor: str) -> None:
    """Erase everything personal in an answered or finished case, as the person asked. Twice is the same as once.

    Contact, texts of both sides, notes, files, notices, place and secret go; see `queries.declarations` for the list.
    Refuses (Missing) an unknown case and (Conflict) one that is still worked on or under a legal hold. A timeline row,
    an audit record and a line in the register of deletions stay. The content of files goes after commit.
    """
    found: Any = queries.case_model()._default_manager.select_for_update().filter(pk=case_id).first()
    if found is None:
        raise Missing(_("There is no such case."))
    if found.state not in ERASABLE:
        raise Conflict(
            _(
                "This case is still open, and the office needs your words for it. "
                "Withdraw it first, or wait for the answer."
            )
        )
    holds.check_free(found.held_until)
    if found.anonymised_at is None:
        party = Party.PERSON if actor == "person" else Party.SYSTEM
        counts = anonymise([case_id], party=party, actor=actor)
        register(Rule.ASKED, cases=1, rows=counts)


def anonymise(case_ids: Sequence[int], *, party: Party, actor: str) -> dict[str, int]:
    """Erase what is personal in these locked cases and say so in their timelines; returns rows per model."""
    now = clock.now()
    counts = erase_rows(case_ids)
    cases = queries.case_model()._default_manager.filter(pk__in=case_ids)
    event = apps.get_model("cases.Event")
    event._default_manager.bulk_create(
        event(
            case_id=pk,
            at=now,
            action=Action.ANONYMISE,
            party=party,
            unit_id=unit,
            from_state=state,
            to_state=state,
        )
        for pk, unit, state in cases.values_list("pk", "unit_id", "state")
    )
    cases.update(anonymised_at=now, revision=F("revision") + 1)
    audit.record_many(
        audit.Entry("case.anonymise", actor=actor, subject=f"case:{pk}", data={"party": party.value})
        for pk in case_ids
    )
    return counts


def erase_rows(case_ids: Sequence[int]) -> dict[str, int]:
    """Carry out what every model declares, for the rows of these cases; returns rows changed or deleted per model."""
    counts: Counter[str] = Counter()
    going = []
    for model in queries.subject_models():
        actions = queries.actions(model)
        if any(done.verb == "delete" for done in actions.values()):
            # Remembered now: by the time their turn comes, the rows that lead to them may be gone.
            going.append((model, list(queries.rows(model, case_ids).values_list("pk", flat=True))))
        elif changes := _changes(model, actions):
            counts[model._meta.label] = queries.rows(model, case_ids).order_by().update(**changes)
    for model, ids in going:
        counts[model._meta.label] = delete_rows(model, ids)
    return +counts


def delete_rows(model: type[Model], ids: Sequence[int]) -> int:
    """Delete rows; those of files with their content, as far as nothing else uses them. Returns how many."""
    if model._meta.label == "files.StoredFile":
        return files.delete_unused(ids)
    _all, per_model = model._default_manager.filter(pk__in=ids).delete()
    return per_model.get(model._meta.label, 0)


def register(rule: Rule, *, cases: int, rows: Mapping[str, int]) -> None:
    """Write one line into the register of deletions: how many, never what."""
    Deletion.objects.create(rule=rule, cases=cases, rows=dict(rows))


def _changes(model: type[Model], actions: Mapping[str, logic.Action]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, done in actions.items():
        if done.verb == "null":
            changes[name] = None
        elif done.verb == "blank":
            field: Any = model._meta.get_field(name)
            changes[name] = field.get_default() if isinstance(field, models.JSONField) else ""
        elif done.verb == "drop":
            changes[name] = _without(name, done.keys)
    return changes


def _without(name: str, keys: Sequence[str]) -> Func:
    """The JSON object in `name` without `keys`."""
    return Func(
        F(name),
        Value(list(keys), output_field=ArrayField(models.TextField())),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=models.JSONField(),
    )
