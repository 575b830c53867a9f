"""torchmetrics' calibration errors with its classes, functions, arguments and shapes, over sums instead of rows.

A metric keeps 32 bytes per bin, whatever it has seen; torchmetrics keeps every confidence. The sums are whole numbers, so
that batches and processes give the same bits in any order. Works in a `torchmetrics.MetricCollection` where torchmetrics
is installed, and without it.

What differs from torchmetrics: a probability of 1 is in the last bin, unless `compat="torchmetrics"` asks for its bin of
its own; logits are declared by `logits=True` and never guessed from a batch's values; labels and probabilities are
checked in the same pass over the batch, with `validate_args=False` too. Tensors of a GPU are copied to the CPU.
"""

from __future__ import annotations

from typing import Any

import torch

from calibrant import torchmetrics_rule
from calibrant._errors import CalibrantError
from calibrant._torch_metric import SumMetric

__all__ = [
    "BinaryCalibrationError",
    "CalibrationError",
    "MulticlassCalibrationError",
    "binary_calibration_error",
    "calibration_error",
    "multiclass_calibration_error",
]


class _BinnedCalibrationError(SumMetric):
    is_differentiable = False
    higher_is_better = False
    full_state_update = False
    plot_lower_bound = 0.0
    plot_upper_bound = 1.0

    bins: torch.Tensor  # B x 4 int64: positions, hits, and the two words of the sum of confidences

    def __init__(
        self,
        num_classes: int | None,
        n_bins: int,
        norm: str,
        ignore_index: int | None,
        validate_args: bool,
        logits: bool,
        compat: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        torchmetrics_rule.require_options(norm, compat)
        if not 1 <= n_bins <= 65536:
            raise CalibrantError(f"n_bins: got {n_bins}, expected 1 to 65536")
        self.num_classes = num_classes
        self.n_bins = n_bins
        self.norm = norm
        self.ignore_index = ignore_index
        self.validate_args = validate_args
        self.logits = logits
        self.compat = compat
        rows = torchmetrics_rule.bin_count(n_bins, compat)
        self.add_state("bins", torch.zeros(rows, 4, dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, preds: torch.Tensor, target: torch.Tensor) -> None:
        """Adds a batch: O(N C) time, no memory of its size."""
        _require_task(preds, target, self.num_classes)
        added = torchmetrics_rule.confidence_bins(
            preds, target, self.n_bins, self.ignore_index, self.num_classes, self.logits, self.compat
        )
        self.bins += torch.from_numpy(added).to(self.bins.device)

    def _value(self) -> torch.Tensor:
        error = torchmetrics_rule.error_of(self.bins.cpu().numpy(), self.norm)
        return torch.tensor(error, device=self.bins.device)


class BinaryCalibrationError(_BinnedCalibrationError):
    """Calibration error of probabilities of class 1 of two: `preds` and `target` of one shape (N, ...).

    Args:
        n_bins: bins of equal width, 1 to 65536.
        norm: "l1" (expected), "l2" (root mean square) or "max" (maximum) calibration error.
        ignore_index: label of positions that do not count.
        validate_args: taken for compatibility; checks are part of the pass.
        logits: `preds` are logits; a sigmoid comes first.
        compat: "textbook", or "torchmetrics" for its bins to the last one.
        kwargs: those of torchmetrics.Metric, if it is installed.

    `compute` gives a scalar tensor in [0, 1]; NaN before the first position.
    """

    def __init__(
        self,
        n_bins: int = 15,
        norm: str = "l1",
        ignore_index: int | None = None,
        validate_args: bool = True,
        *,
        logits: bool = False,
        compat: str = "textbook",
        **kwargs: Any,
    ) -> None:
        super().__init__(None, n_bins, norm, ignore_index, validate_args, logits, compat, **kwargs)


class MulticlassCalibrationError(_BinnedCalibrationError):
    """Calibration error of the top label: `preds` (N, C, ...) beside `target` (N, ...).

    The arguments are those of `BinaryCalibrationError`, after `num_classes`, C.
    """

    def __init__(
        self,
        num_classes: int,
        n_bins: int = 15,
        norm: str = "l1",
        ignore_index: int | None = None,
        validate_args: bool = True,
        *,
        logits: bool = False,
        compat: str = "textbook",
        **kwargs: Any,
    ) -> None:
        if num_classes < 2:
            raise CalibrantError(f"num_classes: got {num_classes}, expected at least 2")
        super().__init__(num_classes, n_bins, norm, ignore_index, validate_args, logits, compat, **kwargs)


class CalibrationError:
    """`BinaryCalibrationError` for `task="binary"`, `MulticlassCalibrationError` for `task="multiclass"`."""

    def __new__(  # type: ignore[misc]
        cls,
        task: str,
        n_bins: int = 15,
        norm: str = "l1",
        num_classes: int | None = None,
        ignore_index: int | None = None,
        validate_args: bool = True,
        **kwargs: Any,
    ) -> BinaryCalibrationError | MulticlassCalibrationError:
        if _classes_of(task, num_classes) is None:
            return BinaryCalibrationError(n_bins, norm, ignore_index, validate_args, **kwargs)
        assert num_classes is not None
        return MulticlassCalibrationError(num_classes, n_bins, norm, ignore_index, validate_args, **kwargs)


def binary_calibration_error(
    preds: torch.Tensor,
    target: torch.Tensor,
    n_bins: int = 15,
    norm: str = "l1",
    ignore_index: int | None = None,
    validate_args: bool = True,
    *,
    logits: bool = False,
    compat: str = "textbook",
) -> torch.Tensor:
    """What `BinaryCalibrationError` gives for one batch."""
    return _error_of_batch(preds, target, None, n_bins, norm, ignore_index, logits, compat)


def multiclass_calibration_error(
    preds: torch.Tensor,
    target: torch.Tensor,
    num_classes: int,
    n_bins: int = 15,
    norm: str = "l1",
    ignore_index: int | None = None,
    validate_args: bool = True,
    *,
    logits: bool = False,
    compat: str = "textbook",
) -> torch.Tensor:
    """What `MulticlassCalibrationError` gives for one batch."""
    return _error_of_batch(preds, target, num_classes, n_bins, norm, ignore_index, logits, compat)


def calibration_error(
    preds: torch.Tensor,
    target: torch.Tensor,
    task: str,
    n_bins: int = 15,
    norm: str = "l1",
    num_classes: int | None = None,
    ignore_index: int | None = None,
    validate_args: bool = True,
    *,
    logits: bool = False,
    compat: str = "textbook",
) -> torch.Tensor:
    """What `CalibrationError` gives for one batch."""
    return _error_of_batch(
        preds, target, _classes_of(task, num_classes), n_bins, norm, ignore_index, logits, compat
    )


def _error_of_batch(
    preds: torch.Tensor,
    target: torch.Tensor,
    num_classes: int | None,
    n_bins: int,
    norm: str,
    ignore_index: int | None,
    logits: bool,
    compat: str,
) -> torch.Tensor:
    _require_task(preds, target, num_classes)
    error = torchmetrics_rule.calibration_error(
        preds,
        target,
        n_bins=n_bins,
        norm=norm,
        ignore_index=ignore_index,
        num_classes=num_classes,
        logits=logits,
        compat=compat,
    )
    return torch.tensor(error, device=preds.device)


def _classes_of(task: str, num_classes: int | None) -> int | None:
    """None for two classes by one number."""
    if task == "binary":
        return None
    if task != "multiclass":
        raise CalibrantError(f"task: got {task!r}, expected 'binary' or 'multiclass'")
    if num_classes is None:
        raise CalibrantError("num_classes: got None, expected the number of classes for task='multiclass'")
    return num_classes


def _require_task(preds: torch.Tensor, target: torch.Tensor, num_classes: int | None) -> None:
    if num_classes is None and preds.shape != target.shape:
        raise CalibrantError(
            f"preds: got shape {tuple(preds.shape)} beside target of shape {tuple(target.shape)}, expected equal shapes for "
            "two classes; take the multiclass metric for (N, C, ...)",
            "shape_mismatch",
        )
    if num_classes is not None and preds.shape == target.shape:
        raise CalibrantError(
            f"preds: got shape {tuple(preds.shape)}, that of target, expected (N, C, ...) beside (N, ...); take the "
            "binary metric for probabilities of the second of two classes",
            "shape_mismatch",
        )
