"""What supervisors do with hot topics: name, merge, split, watch, close."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.topics import logic, permissions
from huiyin.topics.enums import TopicState
from huiyin.topics.models import Topic, TopicCase
from huiyin.topics.operations import finding

if TYPE_CHECKING:
    from huiyin.accounts.models import User


@transaction.atomic
def name(topic_id: int, *, words: str, actor: User) -> Topic:
    """Give a topic a name of the office's own; an empty one gives people's own words back."""
    topic = _locked(topic_id, actor)
    topic.name = words.replace("\x00", "").strip()[: logic.LONGEST_NAME]
    topic.save(update_fields=["name"])
    _record("topic.name", topic, actor)
    return topic


@transaction.atomic
def merge(topic_id: int, *, into: int, actor: User) -> Topic:
    """Put all cases of a topic into another open one. Refuses a topic into itself, and closed ones."""
    if topic_id == into:
        raise Invalid(_("Choose another topic."))
    # In one order, so that two people who merge two topics into each other do not wait for ever.
    rows = {pk: _locked(pk, actor) for pk in sorted((topic_id, into))}
    topic, target = rows[topic_id], rows[into]
    _check_open(topic)
    _check_open(target)
    TopicCase.objects.filter(topic=topic).update(topic=target, by=actor)
    topic.state, topic.merged_into, topic.size = TopicState.MERGED, target, 0
    topic.save(update_fields=["state", "merged_into", "size"])
    finding.count_again([target.pk])
    _record("topic.merge", topic, actor, into=target.pk)
    return target


@transaction.atomic
def split(topic_id: int, *, case_ids: Sequence[int], title: str, actor: User) -> Topic:
    """Make a topic of its own of some cases. Refuses none of them, all of them, and an empty title."""
    topic = _locked(topic_id, actor)
    _check_open(topic)
    title = title.replace("\x00", "").strip()[: logic.LONGEST_NAME]
    if not title:
        raise Invalid(_("Give the new topic a name."))
    rows = TopicCase.objects.filter(topic=topic, case_id__in=case_ids)
    count = rows.count()
    if not count or count == TopicCase.objects.filter(topic=topic).count():
        raise Invalid(_("Choose some of the cases, not all of them."))
    part = Topic.objects.create(title=title, name=title, first_at=topic.first_at, last_at=topic.last_at)
    rows.update(topic=part, by=actor)
    finding.count_again([topic.pk, part.pk])
    _record("topic.split", topic, actor, part=part.pk, cases=count)
    return part


@transaction.atomic
def close(topic_id: int, *, actor: User) -> Topic:
    """Follow a topic no longer. New cases like it make a new topic, of which the supervisors hear."""
    topic = _locked(topic_id, actor)
    _check_open(topic)
    topic.state = TopicState.CLOSED
    topic.save(update_fields=["state"])
    _record("topic.close", topic, actor)
    return topic


def watch(topic_id: int, *, user: User) -> None:
    """Put a topic on one's own list."""
    permissions.check_decide(user)
    _topic(topic_id).watchers.add(user)


def unwatch(topic_id: int, *, user: User) -> None:
    """Take it off again."""
    permissions.check_decide(user)
    _topic(topic_id).watchers.remove(user)


def _topic(topic_id: int) -> Topic:
    topic = Topic.objects.filter(pk=topic_id).first()
    if topic is None:
        raise Missing(_("There is no such topic."))
    return topic


def _locked(topic_id: int, actor: User) -> Topic:
    permissions.check_decide(actor)
    topic = Topic.objects.select_for_update().filter(pk=topic_id).first()
    if topic is None:
        raise Missing(_("There is no such topic."))
    return topic


def _check_open(topic: Topic) -> None:
    if topic.state != TopicState.OPEN:
        raise Conflict(_("This topic is not open any more."))


def _record(action: str, topic: Topic, actor: User, **data: int) -> None:
    audit.record(action, actor=f"user:{actor.pk}", subject=f"topic:{topic.pk}", data=data)
