"""Calibration error with the shapes, tasks and arguments of torchmetrics' functions, by its bin rule or by the textbook's.

torchmetrics itself is not needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calibrant._errors import CalibrantError
from calibrant._evaluation import Evaluation
from calibrant._inputs import Array, as_float, refuse_swapped, to_numpy
from calibrant._state import measure_confidences, settings

NORMS = {"l1": "ece", "l2": "rmsce", "max": "mce"}


def calibration_error(
    predictions: Any,
    references: Any,
    *,
    n_bins: int = 15,
    norm: str = "l1",
    ignore_index: int | None = None,
    num_classes: int | None = None,
    logits: bool = False,
    compat: str = "textbook",
) -> float:
    """Expected ("l1"), root mean square ("l2") or maximum ("max") calibration error of the top label, in [0, 1].

    Args:
        predictions: (N, C, ...) probabilities of C classes, or of the references' shape: probabilities of class 1 of two.
        references: (N, ...) class indices.
        ignore_index: label of positions that do not count.
        num_classes: checked against C.
        logits: predictions are logits: a softmax over the classes, or a sigmoid, comes first.
        compat: "textbook" puts a confidence of 1 into the last bin; "torchmetrics" takes the rule of torchmetrics 1.9,
            which rounds to float32 and gives confidences of 1 a bin of their own. (Its binary task keeps float64 where it
            gets float64: there a probability within 6e-8 of an edge may fall into another bin than here.)

    NaN if no position counts. Rows need not sum to 1: only the largest entry counts. O(n C) time, O(n) memory.
    """
    if norm not in NORMS:
        raise CalibrantError(f"norm: got {norm!r}, expected one of 'l1', 'l2', 'max'")
    if compat not in ("textbook", "torchmetrics"):
        raise CalibrantError(f"compat: got {compat!r}, expected 'textbook' or 'torchmetrics'")
    confidence, correct = _confidences(
        to_numpy(predictions, "predictions"), to_numpy(references, "references"), ignore_index, num_classes, logits
    )
    if confidence.size == 0:
        return float("nan")
    options = settings(
        kind="top_label", bins=n_bins, metrics=[NORMS[norm]], peer="torchmetrics" if compat == "torchmetrics" else None
    )
    return float(Evaluation(measure_confidences(confidence, correct, options), options)[NORMS[norm]])


def _confidences(
    scores: Array, labels: Array, ignore_index: int | None, num_classes: int | None, logits: bool
) -> tuple[Array, Array]:
    """Of every position that counts: the confidence, and whether the prediction is right."""
    binary = scores.shape == labels.shape
    refuse_swapped(scores, labels)
    if not binary and (scores.ndim != labels.ndim + 1 or scores.shape[:1] + scores.shape[2:] != labels.shape):
        raise CalibrantError(
            f"predictions: got shape {scores.shape} beside references of shape {labels.shape}, expected (N, C, ...) "
            "beside (N, ...), or equal shapes for two classes",
            "shape_mismatch",
        )
    if labels.dtype.kind not in "iub":
        raise CalibrantError(
            f"references: got elements of type {labels.dtype}, expected class indices", "invalid_labels"
        )
    scores, labels = as_float(scores), labels.ravel()
    classes = 2 if binary else scores.shape[1]
    if not binary and num_classes is not None and num_classes != classes:
        raise CalibrantError(
            f"num_classes: got {num_classes} beside predictions of {classes} classes, expected the same", "shape_mismatch"
        )
    scores = scores.reshape(-1) if binary else np.moveaxis(scores, 1, -1).reshape(-1, classes)
    if ignore_index is not None and (counts := labels != ignore_index).sum() < len(labels):
        scores, labels = scores[counts], labels[counts]
    if labels.size == 0:
        return scores.reshape(-1)[:0], labels
    _require_labels(labels, classes)
    if logits:
        scores = _probabilities(scores.astype(np.float64))
    smallest, largest = scores.min(), scores.max()
    if not (smallest >= 0 and largest <= 1):  # false for NaN too
        offender = largest if not largest <= 1 else smallest
        raise CalibrantError(
            f"predictions: got {offender:g}, expected probabilities from 0 to 1; declare logits=True if they are logits",
            "invalid_scores",
        )
    if binary:
        return scores, labels
    predicted = scores.argmax(axis=1)
    return np.take_along_axis(scores, predicted[:, None], axis=1)[:, 0], predicted == labels


def _require_labels(labels: Array, classes: int) -> None:
    if labels.dtype.kind != "b" and (labels.min() < 0 or labels.max() >= classes):
        row = int(np.flatnonzero((labels < 0) | (labels >= classes))[0])
        raise CalibrantError(
            f"references: position {row} is {labels[row]}, expected a class index from 0 to {classes - 1}; give the label "
            "of positions that do not count as ignore_index",
            "invalid_labels",
        )


def _probabilities(logits: Array) -> Array:
    if logits.ndim == 1:
        return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)))
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
