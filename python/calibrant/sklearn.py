"""For scikit-learn: metrics as scorers, and classifiers with calibrated probabilities.

`scorers` and `Scorer` are for `scoring=` in cross_validate, cross_val_score, GridSearchCV and their kin; a scorer is a
function of an estimator and data, so scikit-learn is imported only when `CalibratedClassifier` is asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calibrant import _core, metrics


class Scorer:
    """A metric of the catalogue as score: larger is better.

    Calls `estimator.predict_proba`; labels are matched with `estimator.classes_`. Metrics of which less is better are
    negated, metrics that are best at 0 count as minus their size; of these `name` begins with "neg_".

    Args:
        metric: a name that calibrant.metrics.names() lists.
        options: those of calibrant.metrics.figure, as n_bins or norm.
    """

    def __init__(self, metric: str, **options: Any) -> None:
        self.metric = metric
        self.options = options
        self._better = _core.metric_direction(metric)

    @property
    def name(self) -> str:
        return self.metric if self._better == "higher" else f"neg_{self.metric}"

    def __call__(self, estimator: Any, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The score of an estimator on n rows of features and n labels."""
        classes = np.asarray(estimator.classes_)
        value = float(
            metrics.figure(
                self.metric,
                estimator.predict_proba(X),
                np.asarray(y),
                classes=[str(name) for name in classes.tolist()],
                weights=sample_weight,
                **self.options,
            )
        )
        if self._better == "higher":
            return value
        return -value if self._better == "lower" else -abs(value)

    def __repr__(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return f"Scorer({self.metric!r}{given})"


scorers: dict[str, Scorer] = {scorer.name: scorer for scorer in map(Scorer, metrics.names())}
"""Every metric of the catalogue with its defaults, by name: `scorers["neg_ece"]`, `scorers["accuracy"]`, ..."""


def __getattr__(name: str) -> Any:
    if name == "CalibratedClassifier":
        from calibrant._calibrated_classifier import CalibratedClassifier

        return CalibratedClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
