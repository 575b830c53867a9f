"""Calibrators: what learns to correct the probabilities of a classifier.

>>> import calibrant
>>> fitted = calibrant.TemperatureScaling(logits=True).fit(held_out_logits, held_out_labels)   # doctest: +SKIP
>>> fitted.temperature_, fitted.predict_proba(new_logits)   # doctest: +SKIP

Each takes n x K scores; `logits` and `classes` are those of `Calibrator`. Options that are None take the default that
docs/calibrators.md gives. Rows of labels that no column has are refused, classes without rows are legal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy.typing as npt

from calibrant._calibrator import Calibrator, load

__all__ = [
    "AutoCalibration",
    "BetaCalibration",
    "Calibrator",
    "DirichletCalibration",
    "DirichletCalibrationL2",
    "EnsembleTemperatureScaling",
    "FlattenedIsotonic",
    "HistogramBinning",
    "Identity",
    "IsotonicCalibration",
    "MatrixScaling",
    "MatrixScalingODIR",
    "MixedTemperatureScaling",
    "PlattMatrixScaling",
    "PlattScaling",
    "ScalingBinning",
    "StructuredMatrixScaling",
    "StructuredVectorScaling",
    "TemperatureScaling",
    "VectorScaling",
    "VennAbers",
    "load",
]


class AutoCalibration(Calibrator):
    """Chooses by 5-fold cross-validation, and keeps the identity where nothing is better.

    Of the calibrators that the rows can afford the one with the fewest numbers whose mean score on held-out rows is within
    one standard error of the best. It replaces the identity only if the whole procedure beats it on rows held out of it.

    Args:
        score: "log_loss" (default) or "brier".
        seed: of the folds.

    Attributes after `fit`:
        method_: the name of the chosen calibrator.
        selection_: dict: `reason` in plain words, `candidates` with their scores, `estimate` of the whole procedure on other
            rows, `identity` there, `optimism` of the chosen one's own score, what was `left_out` and why.
    """

    method = "auto"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        score: str | None = None,
        seed: int | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.score = score
        self.seed = seed

    @property
    def selection_(self) -> dict[str, Any]:
        selection: dict[str, Any] = json.loads(self._fitted().description())["selection"]
        return selection


class Identity(Calibrator):
    """Leaves probabilities as they are, and takes the softmax of logits."""

    method = "identity"


class _Temperature(Calibrator):
    def __init__(
        self, *, logits: bool = False, classes: Iterable[Any] | None = None, allow_bound: bool | str | None = None
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.allow_bound = allow_bound

    @property
    def temperature_(self) -> float:
        """T = 1 / beta > 0."""
        return 1.0 / float(self.parameters_["beta"])


class TemperatureScaling(_Temperature):
    """softmax(z / T), one number (Guo et al. 2017). `allow_bound`: where every label has the largest score, T = e^-10
    instead of 1. Keeps the order of every row."""

    method = "temperature"


class MixedTemperatureScaling(_Temperature):
    """(1 - w) softmax(z / T) + w/K with w = 1/(W + 1): no class has the probability 0. Keeps the order of every row."""

    method = "ts_mix"


class EnsembleTemperatureScaling(_Temperature):
    """w1 softmax(z / T) + w2 softmax(z) + w3/K (Zhang, Kailkhura, Han 2020). `objective` "log_loss" or "brier"."""

    method = "ets"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        allow_bound: bool | str | None = None,
        objective: str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes, allow_bound=allow_bound)
        self.objective = objective

    @property
    def shares_(self) -> npt.NDArray[Any]:
        """w1, w2, w3."""
        shares: npt.NDArray[Any] = self.parameters_["shares"]
        return shares


class StructuredVectorScaling(Calibrator):
    """SVS: a slope and an offset for every class after mixed temperature scaling, held back as far as rows are few."""

    method = "svs"


class VectorScaling(Calibrator):
    """softmax(v * z + b), entry by entry (Guo et al. 2017)."""

    method = "vector"


class StructuredMatrixScaling(Calibrator):
    """SMS: a matrix and offsets after mixed temperature scaling, held back as far as rows are few. O(n K^2) a pass."""

    method = "sms"


class MatrixScaling(Calibrator):
    """softmax(M z + b) without penalty (Guo et al. 2017). O(n K^2) a pass."""

    method = "matrix"


class _Penalised(Calibrator):
    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        **penalty: float | str | int | None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        for name in self._option_names():
            setattr(self, name, penalty.pop(name, None))
        if penalty:
            raise TypeError(f"{type(self).__name__} got an unexpected keyword argument {next(iter(penalty))!r}")


class MatrixScalingODIR(_Penalised):
    """softmax(M z + b) with penalties on the off-diagonal entries (`lambda`) and the offsets (`mu`); Kull et al. 2019.

    Without them they are chosen by 5-fold cross-validation; `seed` is that of the folds. Since `lambda` is a word of
    Python, it is given as `**{"lambda": 1e-2}`.
    """

    method = "matrix_odir"


class DirichletCalibrationL2(_Penalised):
    """softmax(M ln p + b) with a penalty on all entries (`lambda`); Kull et al. 2019."""

    method = "dirichlet_l2"


class DirichletCalibration(_Penalised):
    """softmax(M ln p + b) with penalties on the off-diagonal entries (`lambda`) and the offsets (`mu`); Kull et al. 2019."""

    method = "dirichlet_odir"


class PlattScaling(Calibrator):
    """A sigmoid for every class against the rest (Platt 1999). `scores`: what it reads, "log_odds" or "raw"."""

    method = "platt"

    def __init__(self, *, logits: bool = False, classes: Iterable[Any] | None = None, scores: str | None = None) -> None:
        super().__init__(logits=logits, classes=classes)
        self.scores = scores


class PlattMatrixScaling(Calibrator):
    """softmax(M z + b) towards targets that keep a little of every class."""

    method = "platt_matrix"


class BetaCalibration(Calibrator):
    """A beta curve for every class against the rest (Kull, Silva Filho, Flach 2017). `parameters` "abm", "ab" or "am"."""

    method = "beta"

    def __init__(
        self, *, logits: bool = False, classes: Iterable[Any] | None = None, parameters: str | None = None
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.parameters = parameters


class _Isotonic(Calibrator):
    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        shape: str | None = None,
        smooth_ends: bool | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.shape = shape
        self.smooth_ends = smooth_ends


class FlattenedIsotonic(_Isotonic):
    """IRM: one non-decreasing curve for all classes, which keeps the order of every row (Zhang, Kailkhura, Han 2020).

    `shape` "interpolated" or "stepwise"; `smooth_ends`: no probability is exactly 0 or 1."""

    method = "irm"


class HistogramBinning(Calibrator):
    """The share of the class among the rows of the same bin (Zadrozny, Elkan 2001).

    `bins` of each class, `binning` "width" or "mass", `empty` "centre", "linear" or "prior": the value without rows."""

    method = "histogram"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        bins: int | str | None = None,
        binning: str | None = None,
        empty: str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.bins = bins
        self.binning = binning
        self.empty = empty


class IsotonicCalibration(_Isotonic):
    """A non-decreasing curve for every class against the rest (Zadrozny, Elkan 2002).

    `shape` "interpolated" or "stepwise"; `smooth_ends`: no probability is exactly 0 or 1."""

    method = "isotonic"


class ScalingBinning(Calibrator):
    """Platt's sigmoids, whose values are replaced by those of `bins` bins (Kumar, Liang, Ma 2019). `seed` deals the rows into
    the three parts that sigmoids, bins and values are learned from."""

    method = "scaling_binning"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        bins: int | str | None = None,
        seed: int | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.bins = bins
        self.seed = seed


class VennAbers(Calibrator):
    """Isotonic regression with the row to come added as a hit and as a miss, merged (Vovk, Petej 2014)."""

    method = "venn_abers"
