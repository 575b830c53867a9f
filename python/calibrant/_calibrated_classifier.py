"""A classifier of scikit-learn with calibrated probabilities. Imports scikit-learn; `calibrant.sklearn` hands it out when asked for."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    clone,
)
from sklearn.frozen import FrozenEstimator  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.model_selection import check_cv  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.utils import _safe_indexing, get_tags, indexable  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.utils.metadata_routing import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
    MetadataRouter,
    MethodMapping,
    _routing_enabled,
    process_routing,
)
from sklearn.utils.multiclass import check_classification_targets  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.utils.validation import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
    _check_sample_weight,
    _num_samples,
    check_is_fitted,
    column_or_1d,
    has_fit_parameter,
)

from calibrant._calibrator import METHODS, Calibrator
from calibrant._errors import CalibrantError

Array = npt.NDArray[Any]


class Voter(NamedTuple):
    """A classifier and the calibrator of its scores; `places` are its classes among all."""

    classifier: Any
    calibrator: Calibrator
    places: Array


class CalibratedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc,unused-ignore]
    """A classifier whose probabilities are corrected by what its held-out predictions teach.

    Args:
        estimator: a classifier with predict_proba or decision_function; without it logistic regression.
        method: a name of `calibrant fit --method`, or a calibrator of calibrant.calibrators, which is copied.
        cv: folds, as scikit-learn takes them. The estimator learns on the others, the calibrator on the fold.
        ensemble: True keeps a calibrated estimator for each fold and averages their probabilities; False learns one
            calibrator from the held-out scores of all folds and the estimator once more from all rows.
        response_method: "predict_proba", "decision_function" (whose numbers are logits; of two classes log-odds), or "auto":
            the first of them that the estimator has.

    Attributes after `fit`: classes_, voters_ (one for each fold, or one), n_features_in_ where the estimator has it.

    A class that a fold's estimator has not seen gets its probability from the others. Frozen estimators
    (sklearn.frozen.FrozenEstimator) stay as they are; their calibrators learn on each fold, or with ensemble=False on all.
    """

    def __init__(
        self, estimator: Any = None, *, method: Any = "auto", cv: Any = None, ensemble: bool = True, response_method: str = "auto"
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.ensemble = ensemble
        self.response_method = response_method

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **fit_params: Any) -> CalibratedClassifier:
        """Learns from n rows of features and n labels. `sample_weight` goes to the estimator, if it takes it, and to the
        calibrator; further parameters go to the estimator."""
        check_classification_targets(y)
        X, y = indexable(X, y)
        labels: Array = column_or_1d(y, warn=True)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, X)
        estimator = LogisticRegression() if self.estimator is None else self.estimator
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        if len(labels) == 0:
            raise ValueError("X, y: got 0 samples, expected rows to learn from")
        if len(self.classes_) < 2:
            raise ValueError(f"y: got one class, {self.classes_[0]!r}, expected at least two; n_samples={len(labels)}")
        # Called with different parameters only so that a wrong one is refused before anything learns.
        self._calibrator(logits=False)
        if _routing_enabled():
            routed = process_routing(self, "fit", sample_weight=sample_weight, **fit_params).estimator.fit
        else:
            routed = dict(fit_params)
            if weights is not None and has_fit_parameter(estimator, "sample_weight"):
                routed["sample_weight"] = weights
            elif weights is not None and not isinstance(estimator, FrozenEstimator):
                name = type(estimator).__name__
                warnings.warn(f"sample_weight: fit of {name} takes none, so only the calibrator learns with it", UserWarning, stacklevel=2)
        folds = list(check_cv(self.cv if self.cv is not None else 5, labels, classifier=True).split(X, labels))
        if self.ensemble and all(len(np.unique(numbers[test])) < 2 for _, test in folds):
            raise ValueError(
                "cv: every fold holds out rows of one class alone, from which no calibrator can learn; take fewer folds or "
                f"ensemble=False (n_samples={len(labels)})"
            )

        def learn(rows: Array) -> Any:
            return self._learn(estimator, X, labels, rows, routed)

        if self.ensemble:
            self.voters_ = [self._voter(learn(train), X, numbers, weights, test) for train, test in folds]
        else:
            self.voters_ = [self._one_voter(learn, folds, X, numbers, weights)]
        first = self.voters_[0].classifier
        if hasattr(first, "n_features_in_"):
            self.n_features_in_ = first.n_features_in_
        if hasattr(first, "feature_names_in_"):
            self.feature_names_in_ = first.feature_names_in_
        return self

    def predict_proba(self, X: Any) -> Array:
        """n x K probabilities, columns in the order of classes_."""
        check_is_fitted(self)
        total: Array = np.zeros((_num_samples(X), len(self.classes_)))
        votes = np.zeros(len(self.classes_))
        for voter in self.voters_:
            total[:, voter.places] += voter.calibrator.predict_proba(self._scores(voter.classifier, X))
            votes[voter.places] += 1
        total /= np.maximum(votes, 1)
        result: Array = total / total.sum(axis=1, keepdims=True)
        return result

    def predict(self, X: Any) -> Array:
        """n labels of the most probable class."""
        check_is_fitted(self)
        best: Array = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return best

    def get_metadata_routing(self) -> Any:
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return (
            MetadataRouter(owner=self)
            .add_self_request(self)
            .add(estimator=LogisticRegression() if self.estimator is None else self.estimator, method_mapping=mapping)
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = get_tags(LogisticRegression() if self.estimator is None else self.estimator).input_tags.sparse
        return tags

    def _calibrator(self, *, logits: bool) -> Calibrator:
        if isinstance(self.method, Calibrator):
            copied = type(self.method)(**self.method.get_params())
            copied.logits, copied.classes = logits, None
            return copied
        if self.method not in METHODS:
            raise CalibrantError(f"method: got {self.method!r}, expected a calibrator or one of {', '.join(METHODS)}")
        return METHODS[self.method](logits=logits)

    def _learn(self, estimator: Any, X: Any, labels: Array, rows: Array, parameters: dict[str, Any]) -> Any:
        here = {
            name: _safe_indexing(value, rows) if hasattr(value, "__len__") and _num_samples(value) == len(labels) else value
            for name, value in parameters.items()
            if value is not None
        }
        return clone(estimator).fit(_safe_indexing(X, rows), labels[rows], **here)

    def _response(self, classifier: Any) -> str:
        if self.response_method != "auto":
            return self.response_method
        return "predict_proba" if hasattr(classifier, "predict_proba") else "decision_function"

    def _scores(self, classifier: Any, X: Any) -> Array:
        scores = np.asarray(getattr(classifier, self._response(classifier))(X))
        if scores.ndim == 1:  # log-odds of the second of two classes
            scores = np.stack([np.zeros_like(scores), scores], axis=1)
        wide: Array = scores if scores.dtype in (np.float32, np.float64) else scores.astype(np.float64)
        return wide

    def _fit_calibrator(self, classifier: Any, scores: Array, own: Array, weights: Array | None) -> Calibrator:
        calibrator = self._calibrator(logits=self._response(classifier) == "decision_function")
        calibrator.fit(scores, own, sample_weight=weights)
        return calibrator

    def _places(self, classifier: Any) -> Array:
        places: Array = np.searchsorted(self.classes_, classifier.classes_)
        return places

    def _voter(self, classifier: Any, X: Any, numbers: Array, weights: Array | None, test: Array) -> Voter:
        places = self._places(classifier)
        known = np.isin(numbers[test], places)
        rows = test[known]
        if len(rows) == 0 or len(places) < 2:
            raise ValueError(
                f"cv: a fold of {len(test)} rows holds out no row of a class that its estimator knows, expected some; take "
                f"fewer folds (n_samples={len(numbers)})"
            )
        own = np.searchsorted(places, numbers[rows])
        scores = self._scores(classifier, _safe_indexing(X, rows))
        return Voter(classifier, self._fit_calibrator(classifier, scores, own, None if weights is None else weights[rows]), places)

    def _one_voter(self, learn: Any, folds: list[Any], X: Any, numbers: Array, weights: Array | None) -> Voter:
        final = learn(np.arange(len(numbers)))
        held_out: Array = np.zeros((len(numbers), len(self.classes_)))
        # Where a fold's estimator lacks a class, that is the least probable one.
        logits = self._response(final) == "decision_function"
        seen = np.zeros(len(numbers), dtype=bool)
        for train, test in folds:
            classifier = learn(train)
            scores = self._scores(classifier, _safe_indexing(X, test))
            rows = np.full((len(test), len(self.classes_)), scores.min() - 30 if logits else 0.0)
            rows[:, self._places(classifier)] = scores
            held_out[test] = rows
            seen[test] = True
        used = np.flatnonzero(seen)
        calibrator = self._fit_calibrator(final, held_out[used], numbers[used], None if weights is None else weights[used])
        return Voter(final, calibrator, np.arange(len(self.classes_)))
