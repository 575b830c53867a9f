"""Metrics as functions, and as objects that a loop updates batch by batch.

The functions compute one figure and return its value; `calibrant.evaluate` gives all of them with their uncertainty.
`scores` are n x K probabilities, or logits with logits=True, or n probabilities of the second of two classes; `labels`
are n class indices (names with classes=[...]) or n x K shares. Every function is O(n K) or O(n K log n) time and raises
CalibrantError on data that cannot be measured. Definitions: docs/metrics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from calibrant import _core
from calibrant._errors import CalibrantError
from calibrant._evaluation import Evaluation, Figure
from calibrant._state import State, measure, settings


def names() -> list[str]:
    """Names of every metric of the catalogue, as `calibrant metrics` lists them."""
    return list(_core.metric_names())


def figure(
    metric: str,
    scores: Any,
    labels: Any,
    *,
    n_bins: int = 15,
    logits: bool = False,
    weights: Any = None,
    classes: Iterable[Any] | None = None,
    **options: Any,
) -> Figure:
    """One metric of the catalogue by name, with interval, expectation and p-value.

    `options` are those of metrics: norm, top_k, min_probability, coverage, risk, threshold, log_floor, level, draws, seed.
    """
    chosen = settings(
        kind="logits" if logits else "probabilities", bins=n_bins, metrics=[metric], per_class_reliability=False, **options
    )
    return Evaluation(measure(scores, labels, chosen, weights=weights, classes=classes), chosen)[metric]


def _value(metric: str, scores: Any, labels: Any, **options: Any) -> float:
    return float(figure(metric, scores, labels, **options))


_TOP_LABEL = {"l1": "ece", "l2": "rmsce", "max": "mce"}
_EQUAL_MASS = {"l1": "adaptive_ece", "l2": "adaptive_rmsce"}
_CLASSWISE = {"mean": "classwise_ece", "sum": "classwise_ece_sum"}


def _choice(argument: str, got: str, choices: dict[str, str]) -> str:
    if got in choices:
        return choices[got]
    raise CalibrantError(f"{argument}: got {got!r}, expected one of {', '.join(map(repr, choices))}")


def expected_calibration_error(
    scores: Any, labels: Any, *, n_bins: int = 15, norm: str = "l1", binning: str = "width", **options: Any
) -> float:
    """Top-label calibration error: `norm` "l1" (ECE), "l2" (root mean square) or "max" (MCE), in [0, 1].

    `binning` "width" or, for "l1" and "l2", "mass" (bins of equal numbers of rows).
    """
    if binning == "mass":
        return _value(_choice("norm", norm, _EQUAL_MASS), scores, labels, n_bins=n_bins, **options)
    _choice("binning", binning, {"width": "", "mass": ""})
    return _value(_choice("norm", norm, _TOP_LABEL), scores, labels, n_bins=n_bins, **options)


def maximum_calibration_error(scores: Any, labels: Any, *, n_bins: int = 15, **options: Any) -> float:
    """Largest gap of a bin of equal width (MCE), in [0, 1]."""
    return _value("mce", scores, labels, n_bins=n_bins, **options)


def classwise_calibration_error(
    scores: Any, labels: Any, *, n_bins: int = 15, average: str = "mean", **options: Any
) -> float:
    """Calibration error of every class, as mean (SCE) or sum over the classes."""
    return _value(_choice("average", average, _CLASSWISE), scores, labels, n_bins=n_bins, **options)


def adaptive_calibration_error(scores: Any, labels: Any, *, n_bins: int = 15, **options: Any) -> float:
    """ACE (Nixon et al. 2019): class-wise, bins of equal mass."""
    return _value("ace", scores, labels, n_bins=n_bins, **options)


def smooth_calibration_error(scores: Any, labels: Any, **options: Any) -> float:
    """Smooth top-label calibration error (Blasiok & Nakkiran 2023), in [0, 1]. No bins to choose."""
    return _value("smooth_ece", scores, labels, **options)


def brier_score(scores: Any, labels: Any, **options: Any) -> float:
    """Multi-class Brier score, sum over the classes, in [0, 2]."""
    return _value("brier", scores, labels, **options)


def log_loss(scores: Any, labels: Any, **options: Any) -> float:
    """Mean negative log-probability of the labels, in nats; infinite where one has probability 0 (see log_floor)."""
    return _value("log_loss", scores, labels, **options)


def aurc(scores: Any, labels: Any, **options: Any) -> float:
    """Area under the risk-coverage curve, in [0, 1]."""
    return _value("aurc", scores, labels, **options)


class Metric:
    """A metric of the catalogue over rows that come batch by batch, in any order and split.

    Metrics over sums keep O(bins x classes) numbers however many rows come; sorted ones (`aurc`, `ace`, ...) keep what
    they sort. `compute` after any split of the rows is bit for bit what one call would give (unweighted).

    >>> metric = Metric("ece", n_bins=15)      # doctest: +SKIP
    >>> for scores, labels in loader: metric.update(scores, labels)
    >>> metric.compute()
    """

    def __init__(
        self, name: str, *, n_bins: int = 15, logits: bool = False, classes: Iterable[Any] | None = None, **options: Any
    ) -> None:
        if name not in names():
            raise CalibrantError(f"metric: got {name!r}, expected a name that calibrant.metrics.names() lists")
        self.name = name
        self._classes = None if classes is None else [str(c) for c in classes]
        self._arguments = {"kind": "logits" if logits else "probabilities", "bins": n_bins, **options}
        self._state: State | None = None

    @property
    def _settings(self) -> _core.Settings:
        return settings(metrics=[self.name], per_class_reliability=False, **self._arguments)

    def update(self, scores: Any, labels: Any, weights: Any = None) -> None:
        """Adds rows. A batch that is refused leaves the metric as it was. An empty batch adds nothing."""
        if len(labels) == 0:
            return
        self._join(measure(scores, labels, self._settings, weights=weights, classes=self._classes))

    def merge(self, other: Metric) -> None:
        """Adds the rows of another metric of the same name, bins, kind and classes."""
        if other._state is not None:
            self._join(other._state.copy())

    def _join(self, state: State) -> None:
        if self._state is None:
            self._state = state
        else:
            self._state.add_batch(state)

    def figure(self) -> Figure:
        """The metric of all rows so far, with its uncertainty."""
        if self._state is None:
            raise CalibrantError("compute: no rows, expected at least one; call update first", "no_rows")
        return Evaluation(self._state, self._settings)[self.name]

    def compute(self) -> float:
        """The metric of all rows so far."""
        return float(self.figure())

    def reset(self) -> None:
        self._state = None

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on later or elsewhere: numbers, texts and, as "state", the bytes of a state file.

        Raises:
            CalibrantError: the metric keeps rows (`skce`, `t_cal`, ...), which no state file holds.
        """
        if self._state is not None and not self._state.fits_file:
            raise CalibrantError(
                f"state_dict: got the metric {self.name!r}, which keeps rows, expected one that keeps sums or sorted forecasts; keep the rows instead",
                "unsupported",
            )
        return {
            "metric": self.name,
            "arguments": dict(self._arguments),
            "classes": None if self._classes is None else list(self._classes),
            "state": None if self._state is None else self._state.encode(),
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Takes the rows of a `state_dict` in the place of its own.

        Raises:
            CalibrantError: it is of another metric, of other arguments or classes, or damaged; the metric stays as it was.
        """
        own = {"metric": self.name, "arguments": self._arguments, "classes": self._classes}
        for part, expected in own.items():
            if state_dict.get(part) != expected:
                raise CalibrantError(f"state_dict: got {part} {state_dict.get(part)!r}, expected {expected!r}; make the metric with the same arguments", "state_mismatch")
        encoded = state_dict.get("state")
        self._state = None if encoded is None else State.decode(encoded, "state_dict")

    @property
    def rows(self) -> int:
        return 0 if self._state is None else int(self._state.rows)


def reliability_diagram(scores: Any, labels: Any, *, n_bins: int = 15, **options: Any) -> dict[str, npt.NDArray[np.float64]]:
    """Top-label bins of equal width as arrays: lower, upper, count, confidence, accuracy (NaN where empty)."""
    chosen = settings(
        kind="logits" if options.pop("logits", False) else "probabilities",
        bins=n_bins,
        metrics=["ece"],
        per_class_reliability=False,
    )
    bins = Evaluation(measure(scores, labels, chosen, **options), chosen).to_dict()["reliability"]["top_label"]
    return {
        key: np.array([np.nan if b[key] is None else b[key] for b in bins], dtype=np.float64)
        for key in ("lower", "upper", "count", "confidence", "accuracy")
    }
