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

import numpy as np
import numpy.typing as npt

from calibrant._calibrator import Calibrator, load

__all__ = [
    "AutoCalibration",
    "BayesianBinning",
    "BetaCalibration",
    "BiasCorrectedTemperature",
    "Calibrator",
    "DirichletCalibration",
    "DirichletCalibrationL2",
    "EnsembleTemperatureScaling",
    "FlattenedIsotonic",
    "HistogramBinning",
    "Identity",
    "InformationBinning",
    "IsotonicCalibration",
    "MatrixScaling",
    "MatrixScalingODIR",
    "MixedTemperatureScaling",
    "PlattMatrixScaling",
    "PlattScaling",
    "PriorCorrection",
    "ScalingBinning",
    "SplineCalibration",
    "StructuredMatrixScaling",
    "StructuredVectorScaling",
    "TemperatureScaling",
    "TopLabelBinning",
    "VectorScaling",
    "VennAbers",
    "VennAbersPairs",
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


class BiasCorrectedTemperature(Calibrator):
    """softmax(z / T + b): one slope for all classes and an offset for each (Alexandari, Kundaje, Shrikumar 2020)."""

    method = "bcts"

    @property
    def temperature_(self) -> float:
        """T = 1 / beta."""
        return 1.0 / float(self.parameters_["beta"])


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
    the three parts that sigmoids, bins and values are learned from; `shared`: two parts, bins and values from the same rows."""

    method = "scaling_binning"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        bins: int | str | None = None,
        shared: bool | str | None = None,
        seed: int | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.bins = bins
        self.shared = shared
        self.seed = seed


class TopLabelBinning(Calibrator):
    """How often rows with the same prediction and about the same confidence were right (Gupta, Ramdas 2022).

    At most `bins` bins of equally many rows, at least 50, for each predicted class. The other classes share what is left in
    proportion to what they had, so the largest class of a row may become another one; `predict_top` keeps the prediction."""

    method = "top_label_binning"

    def __init__(
        self, *, logits: bool = False, classes: Iterable[Any] | None = None, bins: int | str | None = None
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.bins = bins

    def predict_top(self, scores: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """n labels that the scores predict, the first class among equals, and how probable each is to be right."""
        top = self._matrix(scores).argmax(axis=1)
        return self.classes_[top], self.predict_proba(scores)[np.arange(len(top)), top]


class BayesianBinning(Calibrator):
    """BBQ: histogram binning averaged over numbers of bins, by how probable each makes the rows (Naeini et al. 2015)."""

    method = "bbq"


class InformationBinning(Calibrator):
    """I-Max: histogram binning with the bins that lose least information about the label (Patel et al. 2021).

    `bins` of a set; `sets`: "one" for all classes, or one for "each"; `seed` of the draws that the search starts from."""

    method = "i_max"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        bins: int | str | None = None,
        sets: str | None = None,
        seed: int | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.bins = bins
        self.sets = sets
        self.seed = seed


class SplineCalibration(Calibrator):
    """What a probability lacks on average, as the slope of a natural cubic spline by rank (Gupta et al. 2021).

    `knots` of the spline; `corrects` all "classes" or the "top_label" alone; `monotone`: the curve does not fall."""

    method = "spline"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        knots: int | str | None = None,
        corrects: str | None = None,
        monotone: bool | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.knots = knots
        self.corrects = corrects
        self.monotone = monotone


class _VennAbers(Calibrator):
    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        folds: int | str | None = None,
        seed: int | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.folds = folds
        self.seed = seed


class VennAbers(_VennAbers):
    """Isotonic regression with the row to come added as a hit and as a miss, merged (Vovk, Petej 2014).

    `folds` > 1: each part of the rows gives curves of its own, and the geometric means of their values are merged."""

    method = "venn_abers"


class VennAbersPairs(_VennAbers):
    """The same for each pair of classes, and the probabilities that agree with all pairs (Manokhin 2017). O(K^2) a row."""

    method = "venn_abers_pairs"


class PriorCorrection(Calibrator):
    """Correction for rows in which the classes have other shares than in those with labels (label shift).

    `estimator` of the new shares: "em" (Saerens et al. 2002), "bbse" (Lipton et al. 2018) or "rlls", the same held back
    towards no shift. `calibrate`: a bias-corrected temperature comes first. `to`: the new shares, where they are known.

    Attributes after `fit`:
        prior_from_, prior_to_: K shares of the classes among the rows with labels, and in the target.
        ratio_errors_: K standard errors of prior_to_ / prior_from_.
    """

    method = "prior_correction"

    def __init__(
        self,
        *,
        logits: bool = False,
        classes: Iterable[Any] | None = None,
        estimator: str | None = None,
        calibrate: bool | str | None = None,
        to: Iterable[float] | str | None = None,
        seed: int | str | None = None,
    ) -> None:
        super().__init__(logits=logits, classes=classes)
        self.estimator = estimator
        self.calibrate = calibrate
        self.to = to
        self.seed = seed

    def fit(self, scores: Any, y: Any, sample_weight: Any = None, groups: Any = None, target: Any = None) -> Any:
        """Learns from n x K scores with labels, and from m x K scores of the same kind without, `target`.

        Raises CalibrantError besides as `Calibrator.fit` does: (invalid_argument) without target and `to`, with both, and
        where the predictions say too little for "bbse"; (invalid_labels) if a class has no row.
        """
        return self._learn(scores, y, sample_weight, groups, target)

    @property
    def prior_from_(self) -> npt.NDArray[Any]:
        shares: npt.NDArray[Any] = self.parameters_["prior_from"]
        return shares

    @property
    def prior_to_(self) -> npt.NDArray[Any]:
        shares: npt.NDArray[Any] = self.parameters_["prior_to"]
        return shares

    @property
    def ratio_errors_(self) -> npt.NDArray[Any]:
        errors: npt.NDArray[Any] = self.parameters_["ratio_errors"]
        return errors
