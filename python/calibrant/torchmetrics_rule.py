"""Calibration error with the shapes, tasks and arguments of torchmetrics' functions, by its bin rule or by the textbook's.

torchmetrics itself is not needed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from calibrant import _core
from calibrant._errors import CalibrantError
from calibrant._inputs import Array, as_float, refuse_swapped, to_numpy

NORMS = {"l1": 1.0, "l2": 2.0, "max": math.inf}
RULES = ("textbook", "torchmetrics")


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
            which rounds to float32 (not if there are two classes and float64 predictions) and gives confidences of 1 a
            bin of their own.

    NaN if no position counts. Rows need not sum to 1: only the largest entry counts. O(N C) time, O(n_bins) memory.
    """
    require_options(norm, compat)
    return error_of(confidence_bins(predictions, references, n_bins, ignore_index, num_classes, logits, compat), norm)


def require_options(norm: str, compat: str) -> None:
    if norm not in NORMS:
        raise CalibrantError(f"norm: got {norm!r}, expected one of 'l1', 'l2', 'max'")
    if compat not in RULES:
        raise CalibrantError(f"compat: got {compat!r}, expected 'textbook' or 'torchmetrics'")


def error_of(bins: npt.NDArray[np.int64], norm: str) -> float:
    """The error of what `confidence_bins` gave, or of the sum of several."""
    return float(_core.binned_calibration_error(np.ascontiguousarray(bins), NORMS[norm]))


def bin_count(n_bins: int, compat: str) -> int:
    """Rows of what `confidence_bins` gives."""
    return n_bins + (compat == "torchmetrics")


def confidence_bins(
    predictions: Any,
    references: Any,
    n_bins: int,
    ignore_index: int | None,
    num_classes: int | None,
    logits: bool,
    compat: str,
) -> npt.NDArray[np.int64]:
    """`bin_count` x 4 whole numbers, which add up over batches and processes, exactly and in any order.

    Each bin's positions, hits, and the high and low word of its sum of confidences.
    """
    scores, labels = to_numpy(predictions, "predictions"), to_numpy(references, "references")
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
    scores = as_float(scores)
    if not binary and num_classes is not None and num_classes != scores.shape[1]:
        raise CalibrantError(
            f"num_classes: got {num_classes} beside predictions of {scores.shape[1]} classes, expected the same",
            "shape_mismatch",
        )
    rule = compat
    if compat == "torchmetrics" and binary and scores.dtype == np.float64:
        rule = "torchmetrics_float64"
    labels = np.ascontiguousarray(labels.reshape(-1), dtype=np.int64)
    return _core.confidence_bins(
        rule, n_bins, _positions(scores, binary), labels, ignore_index, binary, logits, 0
    )


def _positions(scores: Array, binary: bool) -> Array:
    """The same scores as (samples, classes, places), without a copy where strides can say it."""
    if binary:
        return scores.reshape(-1, 1, 1)
    return scores.reshape(*scores.shape[:2], math.prod(scores.shape[2:]))
