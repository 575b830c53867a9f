"""From arrays to a mergeable state of the core."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from calibrant import _core
from calibrant._errors import CalibrantError
from calibrant._inputs import as_float, group_indices, label_indices, require_rows, score_matrix, to_numpy, weight_column

State = _core.State


def settings(**options: Any) -> _core.Settings:
    """Settings of the core; None leaves the core's default. TypeError on an unknown name or a value of another type."""
    result = _core.Settings()
    for name, value in options.items():
        if not hasattr(result, name):
            raise TypeError(f"got an unexpected keyword argument {name!r}")
        if value is None:
            continue
        try:
            setattr(result, name, value)
        except TypeError:
            raise TypeError(f"{name}: got {value!r}, which is of another type than this option") from None
    return result


def state_of(given: Any) -> State:
    """The state of an evaluation, a state itself, or the one in a .cstate file."""
    if isinstance(given, State):
        return given
    return given.state if hasattr(given, "state") else State.read(os.fspath(given))


def measure(
    scores: Any,
    labels: Any,
    options: _core.Settings,
    *,
    weights: Any = None,
    groups: Any = None,
    classes: Iterable[Any] | None = None,
) -> State:
    """One pass over the rows. O(n K) time; no row is kept unless a metric sorts them."""
    names = None if classes is None else [str(name) for name in classes]
    matrix = score_matrix(scores)
    if names is not None:
        _core.require_classes(names, matrix.shape[1])
    truth = label_indices(labels, names)
    require_rows("labels", len(truth.indices), len(matrix))
    members = None if groups is None else group_indices(groups)
    if members is not None:
        require_rows("groups", len(members.indices), len(matrix))
    return _core.measure(
        options,
        names,
        matrix,
        truth.indices,
        truth.complaint,
        weight_column(weights, len(matrix)),
        None if members is None else members.indices,
        [] if members is None else members.names,
        truth.shares,
        "scores",
    )


def measure_confidences(confidence: Any, correct: Any, options: _core.Settings, *, weights: Any = None) -> State:
    """One pass over rows of which only the confidence in the prediction, and whether it was right, is known."""
    values = np.ascontiguousarray(as_float(to_numpy(confidence, "confidence")).ravel())[:, None]
    right = to_numpy(correct, "correct").ravel()
    require_rows("correct", len(right), len(values))
    if not ((right == 0) | (right == 1)).all():
        row = int(np.flatnonzero((right != 0) & (right != 1))[0])
        raise CalibrantError(
            f"correct: row {row} is {right[row]}, expected 0 (wrong) or 1 (right); compare prediction and label",
            "invalid_labels",
        )
    wrong = np.ascontiguousarray(right == 0, dtype=np.int32)
    importance = weight_column(weights, len(values))
    return _core.measure(options, None, values, wrong, "", importance, None, [], None, "confidence")
