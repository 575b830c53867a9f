"""Arrays, tensors and columns of any library on their way into the core, without a copy wherever the core can read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from calibrant._errors import CalibrantError

Array = npt.NDArray[Any]


def to_numpy(values: Any, argument: str) -> Array:
    """The array as NumPy sees it: NumPy arrays, and tensors on the CPU by DLPack, are not copied.

    torch's tensors of another device are copied to the CPU; bfloat16, which NumPy lacks, is widened to float32 (exact).
    """
    if isinstance(values, np.ndarray):
        return values
    if type(values).__module__.partition(".")[0] == "torch":
        tensor = values.detach().cpu()
        if str(tensor.dtype) == "torch.bfloat16":
            tensor = tensor.float()
        return np.asarray(tensor.numpy())
    if hasattr(values, "to_numpy"):  # pandas, polars and pyarrow columns and tables
        return np.asarray(values.to_numpy())
    if hasattr(values, "__dlpack__") and not hasattr(values, "__array__"):
        try:
            return np.from_dlpack(values)
        except (BufferError, RuntimeError, TypeError, ValueError) as problem:
            raise CalibrantError(
                f"{argument}: got {type(values).__name__} by DLPack, which NumPy does not read ({problem}), expected numbers in memory of the CPU; copy them there first",
                "unsupported",
            ) from problem
    if hasattr(values, "__arrow_c_stream__") and not hasattr(values, "__array__"):  # DuckDB
        raise CalibrantError(
            f"{argument}: got a table ({type(values).__name__}) that makes no array, expected an array; pass the whole table to calibrant.evaluate_table"
        )
    try:
        return np.asarray(values)
    except (TypeError, ValueError) as e:
        raise CalibrantError(
            f"{argument}: got {type(values).__name__}, which makes no array ({e}); pass an n x K array",
            "shape_mismatch",
        ) from e


def score_matrix(values: Any) -> Array:
    """n x K float16, float32 or float64 with contiguous columns; n numbers p become the rows (1 - p, p)."""
    scores = to_numpy(values, "scores")
    if scores.ndim == 1 and scores.dtype != object:
        positive = as_float(scores)
        return np.stack([1 - positive.astype(np.float64), positive.astype(np.float64)], axis=1)
    if scores.ndim != 2:
        raise CalibrantError(
            f"scores: got an array of shape {scores.shape}, expected n x K, or n probabilities of the second of two "
            "classes; reshape it so that each row holds the K scores of one case",
            "shape_mismatch",
        )
    return readable_rows(as_float(scores))


def as_float(scores: Array) -> Array:
    native = scores.dtype.newbyteorder("=")
    if native in (np.float16, np.float32, np.float64):
        return scores.astype(native, copy=False)
    if scores.dtype.kind in "fiub":
        return scores.astype(np.float64)
    raise CalibrantError(
        f"scores: got elements of type {scores.dtype}, expected floating-point numbers; convert them first",
        "malformed_input",
    )


def readable_rows(scores: Array) -> Array:
    """The same rows; copied if columns have gaps (Fortran order) or rows are no whole number of elements apart."""
    item = scores.itemsize
    contiguous = scores.shape[1] == 1 or scores.strides[1] == item
    return scores if contiguous and scores.strides[0] % item == 0 else np.ascontiguousarray(scores)


class Labels(NamedTuple):
    indices: npt.NDArray[np.int32]  # n; -2 where the label is a distribution, -1 where it names no class
    shares: npt.NDArray[np.float64] | None  # n x K
    complaint: str = ""  # what is wrong with the first label that names no class, after "row 17 "


def label_indices(values: Any, classes: Sequence[str] | None) -> Labels:
    """n labels as class indices, or n x K shares of the classes.

    Without `classes`, labels are the column numbers 0..K-1. With them, labels are matched as text, never by sort order.
    """
    labels = to_numpy(values, "labels")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2:
        shares = np.ascontiguousarray(labels, dtype=np.float64)
        return Labels(np.full(len(shares), -2, dtype=np.int32), shares)
    if labels.ndim != 1:
        raise CalibrantError(
            f"labels: got an array of shape {labels.shape}, expected n labels or n x K shares of the classes",
            "shape_mismatch",
        )
    if classes is None:
        return column_numbers(labels)
    return matched_names(labels, classes)


def column_numbers(labels: Array) -> Labels:
    if labels.dtype.kind not in "iub":
        raise CalibrantError(
            f"labels: got elements of type {labels.dtype}, expected whole numbers 0..K-1; give the names of the classes "
            "in the order of the columns as classes=[...]",
            "invalid_labels",
        )
    if labels.dtype.kind == "b" or labels.size == 0 or (labels.min() >= 0 and labels.max() < 2**31):
        return Labels(np.ascontiguousarray(labels, dtype=np.int32), None)
    refused = (labels < 0) | (labels >= 2**31)
    first = labels[np.flatnonzero(refused)[0]]
    return Labels(
        np.where(refused, -1, labels).astype(np.int32),
        None,
        f"has label {first}, expected a class index from 0 to K-1, or names with classes=[...]",
    )


def matched_names(labels: Array, classes: Sequence[str]) -> Labels:
    index = {name: k for k, name in enumerate(classes)}
    distinct, place = np.unique(labels.astype(str) if labels.dtype == object else labels, return_inverse=True)
    numbers = np.array([index.get(str(name), -1) for name in distinct.tolist()], dtype=np.int32)
    result = np.ascontiguousarray(numbers[place.ravel()])
    if not (result < 0).any():
        return Labels(result, None)
    first = labels[np.flatnonzero(result < 0)[0]]
    return Labels(result, None, f"has label {str(first)!r}, expected one of the {len(classes)} classes")


class Groups(NamedTuple):
    indices: npt.NDArray[np.int32]  # n
    names: list[str]


def group_indices(values: Any) -> Groups:
    groups = to_numpy(values, "groups")
    distinct, place = np.unique(groups.astype(str), return_inverse=True)
    return Groups(np.ascontiguousarray(place.ravel(), dtype=np.int32), [str(name) for name in distinct.tolist()])


def weight_column(values: Any, rows: int) -> npt.NDArray[np.float64] | None:
    if values is None:
        return None
    weights = np.ascontiguousarray(to_numpy(values, "weights").ravel(), dtype=np.float64)
    require_rows("weights", len(weights), rows)
    return weights


def require_rows(name: str, got: int, expected: int) -> None:
    if got != expected:
        raise CalibrantError(
            f"{name}: got {got} rows beside {expected} rows of scores, expected one for each row", "shape_mismatch"
        )


def refuse_swapped(predictions: Array, references: Array) -> None:
    """Probabilities and class indices in each other's place, where shapes or types tell."""
    by_shape = references.ndim == predictions.ndim + 1 and (
        references.shape[:1] + references.shape[2:] == predictions.shape
    )
    if by_shape or (references.dtype.kind == "f" and predictions.dtype.kind in "iub"):
        raise CalibrantError(
            f"predictions of shape {predictions.shape} and type {predictions.dtype}, references of shape "
            f"{references.shape} and type {references.dtype}: they look swapped, expected probabilities as predictions and "
            "class indices as references; exchange the two arguments",
            "shape_mismatch",
        )
