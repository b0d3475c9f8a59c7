"""Finding hot topics: a job, every half hour. What is assigned stays assigned; only what is new is looked at."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from huiyin.audit import operations as audit
from huiyin.cases.queries import recent
from huiyin.cases.queries.recent import Recent
from huiyin.engines.text import titles
from huiyin.engines.text import topics as engine
from huiyin.kernel import clock
from huiyin.topics import logic
from huiyin.topics.enums import TopicState
from huiyin.topics.models import Topic, TopicCase

MOST_CASES = 15_000
LEAST_KNOWN = 2_000
"""Texts that say how rare a word is elsewhere."""


@dataclass(frozen=True)
class _Standing:
    """Open topics, and in which of them each case of the window is; cases of other topics are left alone."""

    topics: list[Topic]
    number_of: dict[int, int]
    elsewhere: set[int]


@transaction.atomic
def refresh() -> list[int]:
    """Let new cases join their topics, find new topics, count all anew; returns the ids of the new ones.

    A case that has a topic keeps it, so a topic of today is the topic of yesterday. Topics without a case in the window
    become quiet. May run twice.
    """
    now = clock.now()
    rows = recent.since(now - logic.WINDOW, most=MOST_CASES)
    standing = _standing(rows)
    free = [row for row in rows if row.pk not in standing.elsewhere]
    numbers = [standing.number_of.get(row.pk, engine.NONE) for row in free]
    continued = engine.continued([(row.text,) for row in free], numbers, smallest=logic.SMALLEST)
    TopicCase.objects.bulk_create(
        [
            TopicCase(topic=standing.topics[number], case_id=free[place].pk)
            for place, number in continued.joined.items()
        ]
    )
    known = [row.text for row in rows[-LEAST_KNOWN:]]
    elsewhere = titles.frequencies(known)
    found = [
        _create([free[place] for place in topic.members], elsewhere, len(known)) for topic in continued.found
    ]
    _count(rows, now)
    if found or continued.joined:
        data = {"found": len(found), "joined": len(continued.joined)}
        audit.record("topics.find", actor="system", subject="topics:", data=data)
    return found


def count_again(topic_ids: Sequence[int]) -> None:
    """Count these topics anew, after cases were moved; in the caller's transaction."""
    now = clock.now()
    rows = recent.since(now - logic.WINDOW, most=MOST_CASES)
    _count(rows, now, only=set(topic_ids))


def _standing(rows: Sequence[Recent]) -> _Standing:
    pks = [row.pk for row in rows]
    assigned = dict(TopicCase.objects.filter(case_id__in=pks).values_list("case_id", "topic_id"))
    topics = list(Topic.objects.select_for_update().filter(state=TopicState.OPEN).order_by("pk"))
    number = {topic.pk: place for place, topic in enumerate(topics)}
    return _Standing(
        topics,
        {case: number[topic] for case, topic in assigned.items() if topic in number},
        {case for case, topic in assigned.items() if topic not in number},
    )


def _create(members: Sequence[Recent], elsewhere: Counter[str], count: int) -> int:
    title = titles.title([row.text for row in members], elsewhere=elsewhere, count=count)
    topic = Topic.objects.create(
        title=title or "…",
        first_at=min(row.received_at for row in members),
        last_at=max(row.received_at for row in members),
    )
    TopicCase.objects.bulk_create([TopicCase(topic=topic, case_id=row.pk) for row in members])
    return topic.pk


def _count(rows: Sequence[Recent], now: dt.datetime, *, only: set[int] | None = None) -> None:
    """Size, last weeks, place, service and what is usual for it."""
    by_pk = {row.pk: row for row in rows}
    members: dict[int, list[Recent]] = defaultdict(list)
    sizes: Counter[int] = Counter()
    open_topics = Topic.objects.filter(state=TopicState.OPEN)
    topics = {row.pk: row for row in open_topics if only is None or row.pk in only}
    for topic_id, case_id in TopicCase.objects.filter(topic_id__in=topics).values_list("topic_id", "case_id"):
        sizes[topic_id] += 1
        if case_id in by_pk:
            members[topic_id].append(by_pk[case_id])
    levels = _Levels(now)
    for topic in topics.values():
        _figures(topic, members[topic.pk], sizes[topic.pk], levels)
    fields = [
        "state", "size", "recent", "before", "service", "area", "first_at", "last_at", "service_recent",
        "service_usual",
    ]  # fmt: skip
    Topic.objects.bulk_update(topics.values(), fields, batch_size=500)


def _figures(topic: Topic, members: Sequence[Recent], size: int, levels: _Levels) -> None:
    topic.size = size
    if not members:
        topic.state, topic.recent, topic.before = TopicState.QUIET, 0, 0
        return
    week = levels.now - logic.WEEK
    topic.recent = sum(row.received_at >= week for row in members)
    topic.before = sum(week - logic.WEEK <= row.received_at < week for row in members)
    topic.service_id = logic.most_frequent(Counter(row.service_id for row in members))
    topic.area_id = logic.most_frequent(Counter(row.area_id for row in members))
    topic.first_at = min(topic.first_at, *(row.received_at for row in members))
    topic.last_at = max(row.received_at for row in members)
    topic.service_recent, topic.service_usual = levels.of(topic.service_id)


class _Levels:
    """Cases of a service in the last seven days, and how many are usual; each service is counted once."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self._weeks = logic.usual_weeks(now, first=recent.first_received())
        self._known: dict[int, tuple[int, float | None]] = {}

    def of(self, service_id: int | None) -> tuple[int, float | None]:
        if service_id is None:
            return 0, None
        if service_id not in self._known:
            usual = [self._week(service_id, end) for end in self._weeks]
            self._known[service_id] = self._week(service_id, self.now), logic.usual_level(usual)
        return self._known[service_id]

    @staticmethod
    def _week(service_id: int, end: dt.datetime) -> int:
        return recent.count_of_service(service_id, begin=end - logic.WEEK, end=end)
