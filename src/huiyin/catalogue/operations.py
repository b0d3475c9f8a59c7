"""Writes about services and channels. A version is never changed: every change makes a new one.

Cases point to the version that was in force when they were filed, so they keep what was promised. `actor` is a
member of staff, or "system" for a command that somebody runs on the machine itself.
"""

import dataclasses
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.audit import operations as audit
from huiyin.catalogue import permissions, versions
from huiyin.catalogue.models import Channel, Service, ServiceVersion
from huiyin.kernel import checks
from huiyin.kernel.errors import Conflict, Invalid
from huiyin.questionnaires import operations as questionnaires

Draft = versions.Draft


@transaction.atomic
def create_service(
    code: str,
    *,
    draft: Draft,
    actor: accounts.Actor,
    parent: Service | None = None,
    change_note: str = "",
) -> Service:
    """Create a service with its first version; it is offered at once.

    Refuses a taken code (Conflict) and no name (Invalid).
    """
    permissions.check_manage(actor)
    checks.check_code(code)
    _check_draft(draft)
    service = Service(code=code, parent=parent)
    checks.save_once(service, _("This code is taken. Choose another one."), field="code")
    _freeze(service, draft, number=1, change_note=change_note, actor=actor)
    return service


@transaction.atomic
def new_version(
    service: Service, *, draft: Draft, base: int, change_note: str, actor: accounts.Actor
) -> ServiceVersion:
    """Put a changed service into force for cases filed from now on; the versions before stay as they are.

    `base` is the version that the change was made on: refuses (Conflict) if another one is in force by now. Refuses
    (Invalid) a change of nothing, a missing note of what was changed and why, no name and limits that cannot be read.
    """
    permissions.check_manage(actor)
    if not change_note.strip():
        text = _("Say what was changed and why.")
        raise Invalid(text, fields={"change_note": text})
    _check_draft(draft)
    current = _locked_current(service, base)
    if current is not None and not versions.differences(versions.draft_of(current), draft):
        raise Invalid(_("Nothing was changed, so no new version is needed."))
    return _freeze(service, draft, number=base + 1, change_note=change_note, actor=actor)


@transaction.atomic
def replace_questions(
    service: Service, *, questions: Any, base: int, change_note: str, actor: accounts.Actor
) -> ServiceVersion:
    """New version of a service with other questions (stored form, see questionnaires); an empty list removes them.

    Refusals as for `new_version`, and questions that could not be asked.
    """
    permissions.check_manage(actor)
    current = _locked_current(service, base)
    form = questionnaires.create_form(questions, actor=actor) if questions else None
    before = versions.draft_of(current) if current is not None else Draft()
    draft = dataclasses.replace(before, form_id=form.pk if form else None)
    return new_version(service, draft=draft, base=base, change_note=change_note, actor=actor)


@transaction.atomic
def move_service(service: Service, *, parent: Service | None, actor: accounts.Actor) -> None:
    """Put a service elsewhere in the tree. Refuses (Invalid) a place below itself."""
    permissions.check_manage(actor)
    parents = dict(Service.objects.select_for_update().order_by("pk").values_list("pk", "parent_id"))
    above = parent.pk if parent else None
    seen: set[int | None] = set()
    while above is not None and above not in seen:
        if above == service.pk:
            text = _("A service cannot stand below itself.")
            raise Invalid(text, fields={"parent": text})
        seen.add(above)
        above = parents.get(above)
    if service.parent_id != (parent.pk if parent else None):
        service.parent = parent
        service.save(update_fields=["parent"])
        _record("service.moved", service, actor, parent=parent.code if parent else None)


@transaction.atomic
def retire_service(service: Service, *, actor: accounts.Actor) -> None:
    """Offer the service no more; its cases go on as promised.

    Refuses (Conflict) while services below it are offered.
    """
    permissions.check_manage(actor)
    if service.children.filter(is_active=True).exists():
        raise Conflict(_("Services below this one are still offered. Retire or move them first."))
    Service.objects.filter(pk=service.pk).update(is_active=False)
    _record("service.retired", service, actor)


@transaction.atomic
def offer_service(service: Service, *, actor: accounts.Actor) -> None:
    """Offer a retired service again."""
    permissions.check_manage(actor)
    Service.objects.filter(pk=service.pk).update(is_active=True)
    _record("service.offered", service, actor)


@transaction.atomic
def create_channel(code: str, *, names: dict[str, str], actor: accounts.Actor) -> Channel:
    """Add a way for cases to come in. Refuses a taken code (Conflict) and no name (Invalid)."""
    permissions.check_manage_channels(actor)
    checks.check_code(code)
    channel = Channel(code=code, names=checks.some_name(names))
    checks.save_once(channel, _("This code is taken. Choose another one."), field="code")
    _record_channel("channel.created", channel, actor)
    return channel


@transaction.atomic
def change_channel(channel: Channel, *, names: dict[str, str], uses: set[str], actor: accounts.Actor) -> None:
    """Rename a channel and say where it is used: `uses` holds "active" (in use) and "desk" (offered at the desk)."""
    permissions.check_manage_channels(actor)
    channel.names = checks.some_name(names)
    channel.is_active, channel.at_desk = "active" in uses, "desk" in uses
    channel.save()
    _record_channel("channel.changed", channel, actor)


def _locked_current(service: Service, base: int) -> ServiceVersion | None:
    """The version in force, with the service locked; refuses (Conflict) if it is not number `base` any more."""
    locked = Service.objects.select_for_update(of=("self",)).select_related("current").get(pk=service.pk)
    number = locked.current.number if locked.current else 0
    if number != base:
        raise Conflict(_("Somebody else changed this service in between. Look at the new version first."))
    return locked.current


def _freeze(
    service: Service, draft: Draft, *, number: int, change_note: str, actor: accounts.Actor
) -> ServiceVersion:
    version = ServiceVersion.objects.create(
        service=service,
        number=number,
        author=accounts.actor_user(actor),
        change_note=change_note.strip(),
        **draft.values(),
    )
    service.current = version
    service.save(update_fields=["current"])
    _record("service.changed" if number > 1 else "service.created", service, actor, version=number)
    return version


def _check_draft(draft: Draft) -> None:
    values = draft.values()
    problems: dict[str, str] = {}
    if not values["public_names"]:
        problems["public_names"] = _("Write a name in at least one language.")
    for clock_name in versions.limit_problems(values["limits"]):
        problems[f"limit_{clock_name}"] = _(
            "Write a number, its unit and what is counted, such as 2h clock, 30min clock or 7d working."
        )
    if values["contact_required"] and values["anonymous_allowed"]:
        problems["contact_required"] = _("Contact data cannot be needed where anonymous cases are allowed.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def _record(action: str, service: Service, actor: accounts.Actor, **data: Any) -> None:
    audit.record(action, actor=accounts.actor_name(actor), subject=f"service:{service.code}", data=data)


def _record_channel(action: str, channel: Channel, actor: accounts.Actor) -> None:
    uses = {"active": channel.is_active, "desk": channel.at_desk}
    audit.record(
        action, actor=accounts.actor_name(actor), subject=f"channel:{channel.code}", data={"uses": uses}
    )
