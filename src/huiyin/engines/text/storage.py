"""Writes a trained classifier to one file and reads it back: plain arrays, nothing that runs when it is opened."""

import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np
from scipy import sparse

from huiyin.engines.text import classify, experts, pipeline, stacking
from huiyin.engines.text.classify import Classifier
from huiyin.engines.text.features import Weighting
from huiyin.engines.text.ridge import Ridge


class UnreadableModelError(ValueError):
    """The file is damaged, no model, or was written by another version; rules and words still work without it."""


def dumps(classifier: Classifier) -> bytes:
    """Return the classifier as bytes (a NumPy archive with a JSON head)."""
    head = {
        "model": classify.MODEL_VERSION,
        "pipeline": pipeline.PIPELINE_VERSION,
        "labels": classifier.labels,
        "tilt": classifier.stack.tilt,
        "blocks": list(classifier.weightings),
        "ridges": list(classifier.ridges),
        "bayes": list(classifier.bayes),
        "neighbours": classifier.neighbours is not None,
    }
    arrays: dict[str, Any] = {"head": np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)}
    for part in ("scales", "weights", "log_prior"):
        arrays[f"stack.{part}"] = getattr(classifier.stack, part)
    for name, weighting in classifier.weightings.items():
        arrays[f"idf.{name}"], arrays[f"columns.{name}"] = weighting.idf, classifier.columns[name]
    for name, fitted in classifier.ridges.items():
        arrays[f"ridge.{name}"], arrays[f"bias.{name}"] = fitted.weights, fitted.bias
    for name, bayes in classifier.bayes.items():
        arrays[f"bayes.{name}"] = bayes.counts
    if classifier.neighbours:
        rows = classifier.neighbours.rows
        arrays.update({"rows.data": rows.data, "rows.indices": rows.indices, "rows.indptr": rows.indptr})
        arrays["rows.shape"], arrays["rows.labels"] = np.array(rows.shape), classifier.neighbours.labels
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def loads(data: bytes) -> Classifier:
    """Read a classifier back. Raises `UnreadableModelError` for anything but a whole file of this version."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _read(arrays)
    except UnreadableModelError:
        raise
    except (
        ValueError,
        KeyError,
        TypeError,
        OSError,
        EOFError,
        IndexError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise UnreadableModelError("The model file is damaged.") from error


def _read(arrays: Any) -> Classifier:
    head = json.loads(bytes(arrays["head"]))
    if (head["model"], head["pipeline"]) != (classify.MODEL_VERSION, pipeline.PIPELINE_VERSION):
        raise UnreadableModelError("The model file was written by another version.")
    return Classifier(
        labels=tuple(head["labels"]),
        weightings={name: Weighting(arrays[f"idf.{name}"]) for name in head["blocks"]},
        ridges={name: Ridge(arrays[f"ridge.{name}"], arrays[f"bias.{name}"]) for name in head["ridges"]},
        bayes={name: experts.Bayes(arrays[f"bayes.{name}"]) for name in head["bayes"]},
        neighbours=_neighbours(arrays, len(head["labels"])) if head["neighbours"] else None,
        columns={name: arrays[f"columns.{name}"] for name in head["blocks"]},
        stack=stacking.Stack(
            scales=arrays["stack.scales"],
            weights=arrays["stack.weights"],
            log_prior=arrays["stack.log_prior"],
            tilt=head["tilt"],
        ),
    )


def _neighbours(arrays: Any, classes: int) -> experts.Neighbours:
    parts = (arrays["rows.data"], arrays["rows.indices"], arrays["rows.indptr"])
    return experts.Neighbours(
        sparse.csr_matrix(parts, shape=tuple(arrays["rows.shape"])), arrays["rows.labels"], classes
    )
