"""From what is stored to what goes over the line."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches

from huiyin.cases.queries import published
from huiyin.files import queries as files
from huiyin.organisations import queries as organisations

if TYPE_CHECKING:
    from huiyin.cases.models import CaseFile, Event, Publication, Reply
    from huiyin.cases.queries.timeline import Timeline
    from huiyin.scorecards.queries import Counts

SECONDS_REMEMBERED = 10
Json = dict[str, Any]
# Facts of the timeline that are codes, moments or the words of a reason; ids of units become codes, names stay inside.
FACTS = ("due", "due_before", "due_after", "until", "outcome", "in_time", "solved", "contacted", "reason", "how",
         "kind", "from_kind")  # fmt: skip


def case(row: Mapping[str, Any]) -> Json:
    """One record of `cases.queries.records`."""
    made = {
        "number": row["number"],
        "revision": row["revision"],
        "state": row["state"],
        "outcome": row["outcome"] or None,
        "not_accepted_reason": row["not_accepted_reason"] or None,
        "kind": row["kind"],
        "urgency": row["urgency"],
        "channel": row["channel__code"],
        "service": row["service__code"],
        "unit": row["unit__code"],
        "language": row["language"],
        "anonymity": row["anonymity"],
        "place": {"text": row["place_text"], "area": row["area__code"], "lat": row["lat"], "lon": row["lon"]},
        "received_at": row["received_at"],
        "assigned_at": row["assigned_at"],
        "accepted_at": row["accepted_at"],
        "contacted_at": row["contacted_at"],
        "answered_at": row["answered_at"],
        "closed_at": row["closed_at"],
        "changed_at": row["last_step_at"],
        "due": {
            "sign": row["sign_due_at"],
            "contact": row["contact_due_at"],
            "answer": row["due_at"],
            "promised": row["promised_at"],
        },
        "reopened": row["reopened"],
        "published": row["publication__pk"] is not None,
        "source": row["source"],
        "external_id": row["external_id"],
    }
    if "text" in row:
        made["text"] = row["text"]
    if "intake" in row:
        made["answers"] = [
            {name: answer.get(name, "") for name in ("code", "label", "value", "shown")}
            for answer in row["intake"]
        ]
    return made


def file(used: CaseFile) -> Json:
    """A file of a case, with an address that ends by itself."""
    kept = used.file
    return {
        "name": kept.name,
        "kind": kept.kind,
        "content_type": kept.content_type,
        "size": kept.size,
        "sha256": kept.sha256,
        "url": settings.HUIYIN_BASE_URL + files.url(kept),
    }


def event(row: Event, story: Timeline) -> Json:
    """A row of the timeline with the text and the files that belong to it."""
    codes = unit_codes()
    said = row.note or row.reply or row.message
    key = ("reply", row.reply_id) if row.reply_id else ("message", row.message_id or 0)
    facts = {name: row.data[name] for name in FACTS if row.data.get(name) not in {None, ""}}
    for name in ("unit", "from_unit"):
        if row.data.get(name) in codes:
            facts[name] = codes[row.data[name]]
    return {
        "id": row.pk,
        "at": row.at,
        "action": row.action,
        "party": row.party,
        "unit": codes.get(row.unit_id or 0),
        "from_state": row.from_state or None,
        "to_state": row.to_state or None,
        "facts": facts,
        "text": said.text if said is not None else None,
        "files": [file(used) for used in (story.files.get((key[0], key[1] or 0), []) if key[1] else [])],
    }


def reply(row: Reply, used: Iterable[CaseFile]) -> Json:
    """A letter, with the verdict on it where there is one."""
    verdict = row.verdict
    return {
        "id": row.pk,
        "kind": row.kind,
        "text": row.text,
        "outcome": row.outcome or None,
        "unit": row.unit.code if row.unit is not None else None,
        "sent_at": row.sent_at,
        "in_time": row.in_time,
        "files": [file(one) for one in used],
        "verdict": None
        if verdict is None
        else {
            "solved": verdict.solved,
            "contacted": verdict.contacted,
            "satisfaction": verdict.satisfaction,
            "given_at": verdict.created_at,
        },
    }


def counts(found: Counts, *, fewest: int) -> Json:
    """Figures with their rates; a rate over too little is none."""
    return {
        **{
            name: value
            for name, value in found.stored().items()
            if name not in {"contacted", "contacted_due"}
        },
        "on_time_rate": found.on_time.share(fewest=fewest),
        "resolution_rate": found.resolution.share(fewest=fewest),
        "satisfaction_rate": found.satisfaction.share(fewest=fewest),
        "reopening_rate": found.reopening.share(fewest=fewest),
        "returning_rate": found.returning.share(fewest=fewest),
    }


def publication(row: Publication) -> Json:
    """A published case: the checked texts, never the person's own."""
    return {
        "number": row.case.number,
        "title": row.title,
        "text": row.text,
        "answer": row.answer,
        "state": row.case.state,
        "outcome": row.case.outcome or None,
        "service": row.service.code if row.service is not None else None,
        "area": row.area.code if row.area is not None else None,
        "place": row.place_text,
        "lat": row.lat,
        "lon": row.lon,
        "published_at": row.published_at,
        "supports": row.supports,
        "url": settings.HUIYIN_BASE_URL + published.url_path(row),
    }


def unit_codes() -> dict[int, str]:
    """Codes of all units by id, remembered for some seconds."""
    found: dict[int, str] = remembered(
        "rest-units", lambda: dict(organisations.units().values_list("pk", "code"))
    )
    return found


def remembered(name: str, read: Any) -> Any:
    """What `read()` gives, asked for at most every ten seconds by a process."""
    cache = caches["local"]
    found = cache.get(name)
    if found is None:
        found = read()
        cache.set(name, found, SECONDS_REMEMBERED)
    return found


@functools.cache
def case_fields() -> frozenset[str]:
    """Names that `fields` may ask for."""
    from huiyin.interop.rest import shapes  # noqa: PLC0415

    return frozenset(shapes.Case.model_fields)
