"""The trained models in use, read once per process; a file that cannot be read is no model, and Health says so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.core.cache import caches
from django.utils.translation import gettext as _

from huiyin.kernel.ports import Health
from huiyin.triage.enums import Question
from huiyin.triage.models import ModelFile

if TYPE_CHECKING:
    from huiyin.engines.text.classify import Classifier

SECONDS_REMEMBERED = 15
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Loaded:
    """One model file as this process reads it."""

    pk: int
    classifier: Classifier | None
    problem: str = ""


_READ: dict[int, Loaded] = {}


def classifier(question: Question) -> Classifier | None:
    """The model in use for a question; None where there is none, or none that this version can read."""
    pk = in_use().get(question)
    return _loaded(pk).classifier if pk else None


def knows(question: Question, label: str) -> bool:
    """Whether the model in use has ever seen an answer."""
    model = classifier(question)
    return model is not None and label in model.labels


def health() -> Health:
    """Which models are in use, and whether each can be read."""
    rows = {question: _loaded(pk) for question, pk in in_use().items()}
    broken = [f"{Question(question).label}: {row.problem}" for question, row in rows.items() if row.problem]
    if broken:
        said = _("%(which)s Rules and the words of the services propose until it is trained again.")
        return Health(ok=False, detail=said % {"which": " ".join(broken)})
    if not rows:
        return Health(
            ok=True, detail=_("Nothing was trained yet: rules and the words of the services propose.")
        )
    return Health(ok=True, detail=_("%(count)s models are in use.") % {"count": len(rows)})


def in_use() -> dict[str, int]:
    """The model in use for each question, by id; remembered for some seconds."""
    cache = caches["local"]
    found: dict[str, int] | None = cache.get("triage-models")
    if found is None:
        found = dict(ModelFile.objects.filter(is_in_use=True).values_list("question", "pk"))
        cache.set("triage-models", found, SECONDS_REMEMBERED)
        for gone in set(_READ) - set(found.values()):
            _READ.pop(gone, None)
    return found


def _loaded(pk: int) -> Loaded:
    held = _READ.get(pk)  # another thread may let it go at any moment
    if held is None:
        row = ModelFile.objects.only("data", "sha256").filter(pk=pk).first()
        held = _READ[pk] = (
            read(pk, bytes(row.data), row.sha256) if row else Loaded(pk, None, _("It is gone."))
        )
    return held


def read(pk: int, data: bytes, sha256: str) -> Loaded:
    """Read a model file. Never raises: what is wrong stands in `problem`."""
    # SciPy costs a second of start-up and 100 MB in every web process; most never read a model.
    from huiyin.engines.text import storage  # noqa: PLC0415

    if hashlib.sha256(data).hexdigest() != sha256:
        log.warning("triage_model_damaged", model=pk)
        return Loaded(pk, None, _("The model file is damaged."))
    try:
        return Loaded(pk, storage.loads(data))
    except storage.UnreadableModelError as error:
        log.warning("triage_model_unreadable", model=pk, reason=str(error))
        return Loaded(pk, None, _("The model file is of another version, or damaged."))
