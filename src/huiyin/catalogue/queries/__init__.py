"""Reads about services and channels."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.catalogue import logic
from huiyin.catalogue.models import Channel, Service, ServiceVersion
from huiyin.engines.text import pipeline

SECONDS_REMEMBERED = 10
LONGEST_TYPED = 2_000
MOST_WORDS = 4


def localised(names: dict[str, str], language: str | None = None) -> str:
    """The name in the wanted language; else in Simplified Chinese, English, or any there is."""
    wanted = language or get_language() or ""
    for code in (wanted, "zh-hans", "zh-hant", "en"):
        if names.get(code):
            return names[code]
    return next(iter(names.values()), "")


def services() -> QuerySet[Service]:
    """Services on offer with their current versions, by code."""
    return (
        Service.objects.filter(is_active=True, current__isnull=False)
        .select_related("current", "current__unit", "parent__current")
        .order_by("code")
    )


def all_services() -> QuerySet[Service]:
    """Every service with its current version, also those that are not offered any more."""
    return Service.objects.select_related("current").order_by("code")


def service(code: str) -> Service | None:
    """The service on offer with this code, or None."""
    return services().filter(code=code).first()


def offered() -> dict[str, Service]:
    """Services on offer by code, with the questions of each; remembered for some seconds."""
    cache = caches["local"]
    found: dict[str, Service] | None = cache.get("services-offered")
    if found is None:
        found = {row.code: row for row in services().select_related("current__form")}
        cache.set("services-offered", found, SECONDS_REMEMBERED)
    return found


def leaves_offered() -> dict[str, Service]:
    """What a case can be about, by code, with the questions of each; remembered for some seconds."""
    cache = caches["local"]
    found: dict[str, Service] | None = cache.get("leaves-offered")
    if found is None:
        found = {row.code: row for row in leaves(offered().values())}
        cache.set("leaves-offered", found, SECONDS_REMEMBERED)
    return found


def service_labels() -> dict[int, tuple[str, dict[str, str]]]:
    """Code and public names of every service, offered or not, by id; remembered for some seconds."""
    cache = caches["local"]
    found: dict[int, tuple[str, dict[str, str]]] | None = cache.get("service-labels")
    if found is None:
        rows = Service.objects.values_list("pk", "code", "current__public_names")
        found = {pk: (code, names or {}) for pk, code, names in rows}
        cache.set("service-labels", found, SECONDS_REMEMBERED)
    return found


def leaves(rows: Iterable[Service]) -> list[Service]:
    """Of these services, the ones without children among them: what a case can be about."""
    found = list(rows)
    parents = {row.parent_id for row in found}
    return [row for row in found if row.pk not in parents]


def version(pk: int) -> ServiceVersion:
    """One version with what belongs to it."""
    return ServiceVersion.objects.select_related("service", "unit", "form").get(pk=pk)


def channel(code: str) -> Channel | None:
    """The channel with this code, or None."""
    return Channel.objects.filter(code=code).first()


def channel_in_use(code: str) -> Channel | None:
    """The same, remembered for some seconds; None also where it is not in use."""
    cache = caches["local"]
    found: Channel | None = cache.get(f"channel:{code}")
    if found is None:
        found = channels().filter(code=code).first()
        if found is not None:
            cache.set(f"channel:{code}", found, SECONDS_REMEMBERED)
    return found


def channels() -> QuerySet[Channel]:
    """Channels in use."""
    return Channel.objects.filter(is_active=True)


def desk_channels() -> QuerySet[Channel]:
    """Channels that an operator can choose."""
    return Channel.objects.filter(is_active=True, at_desk=True)


@dataclass(frozen=True)
class Fit:
    """A service whose own words stand in a text: how strongly (0 to 1, no probability), and which words."""

    service: Service
    strength: float
    words: tuple[str, ...]


def fitting(text: str, *, most: int = 5) -> list[Fit]:
    """Services that fit what somebody typed, best first: by names in any language, keywords and description."""
    wanted = pipeline.tokens(text[:LONGEST_TYPED])
    if not wanted:
        return []
    index = _index()
    scores = logic.scores(wanted, index.names, index.words, index.weights)
    strengths = logic.strengths(scores, math.log(1 + len(index.by_id)))
    asked = set(wanted)
    return [
        Fit(
            index.by_id[key],
            strengths[key],
            _shared(asked, index.names[key] | index.words[key], index.weights),
        )
        for key in list(scores)[:most]
    ]


def leaf(pk: int) -> Service | None:
    """The service on offer with this id, if a case can be about it; remembered for some seconds."""
    return _index().by_id.get(pk)


def leaf_words() -> dict[int, str]:
    """By service that a case can be about: its names and keywords, for what learns from them."""
    index = _index()
    return {
        key: " ".join([*row.current.public_names.values(), row.current.internal_name, *row.current.keywords])
        for key, row in index.by_id.items()
        if row.current is not None
    }


def _shared(asked: set[str], own: frozenset[str], weights: dict[str, float]) -> tuple[str, ...]:
    """The words in common that say most; parts of a longer one are left out."""
    both = sorted((t for t in asked & own if len(t) > 1), key=lambda t: (-len(t), -weights[t], t))
    kept: list[str] = []
    for token in both:
        if not any(token in longer for longer in kept):
            kept.append(token)
    return tuple(sorted(kept, key=lambda t: -weights[t])[:MOST_WORDS])


@dataclass(frozen=True)
class _Index:
    by_id: dict[int, Service]
    names: dict[int, frozenset[str]]
    words: dict[int, frozenset[str]]
    weights: dict[str, float]


def _index() -> _Index:
    cache = caches["local"]
    found: _Index | None = cache.get("service-index")
    if found is None:
        found = _build_index(list(leaves_offered().values()))
        cache.set("service-index", found, SECONDS_REMEMBERED)
    return found


def _build_index(rows: list[Service]) -> _Index:
    names, words = {}, {}
    for row in rows:
        version = row.current
        if version is None:
            continue
        names[row.pk] = frozenset(
            pipeline.tokens(" ".join([*version.public_names.values(), version.internal_name]))
        )
        words[row.pk] = frozenset(
            pipeline.tokens(" ".join([*version.keywords, *version.descriptions.values()]))
        )
    both = {key: names[key] | words[key] for key in names}
    return _Index({row.pk: row for row in rows}, names, words, logic.weights(both))


@dataclass(frozen=True)
class Branch:
    """A service with its children, for showing the tree."""

    service: Service
    children: list["Branch"]


def tree() -> list[Branch]:
    """All services on offer as a tree."""
    branches = {row.pk: Branch(row, []) for row in services()}
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.service.parent_id or 0)
        (above.children if above else roots).append(branch)
    return roots


def service_name(row: Service | None) -> str:
    """The service with the one above it: "Street light (Roads)"; empty for none."""
    if row is None or row.current is None:
        return ""
    own = localised(row.current.public_names)
    above = row.parent.current if row.parent_id and row.parent else None
    if above is None:
        return own
    return _("%(service)s (%(group)s)") % {"service": own, "group": localised(above.public_names)}
