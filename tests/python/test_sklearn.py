"""Metrics as scorers of scikit-learn."""

import pickle

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
sklearn = pytest.importorskip("sklearn", reason="scikit-learn comes with tools/requirements-dev.txt")
from calibrant.sklearn import Scorer, scorers  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_validate  # noqa: E402

X, NUMBERS = load_iris(return_X_y=True)
NAMES = np.array(["virginica", "setosa", "versicolor"])[NUMBERS]  # not in the order of the numbers


@pytest.mark.parametrize("labels", [NUMBERS, NAMES], ids=["numbers", "names"])
def test_scores_in_cross_validation(labels):
    chosen = {name: scorers[name] for name in ("neg_ece", "neg_log_loss", "accuracy", "neg_brier")}
    model = LogisticRegression(max_iter=500)
    result = cross_validate(model, X, labels, cv=3, scoring={**chosen, "theirs": "neg_log_loss", "right": "accuracy"}, n_jobs=2)
    assert result["test_neg_log_loss"] == pytest.approx(result["test_theirs"], abs=1e-9)
    assert result["test_accuracy"] == pytest.approx(result["test_right"])
    assert (result["test_neg_ece"] < 0).all()


def test_two_classes_whose_names_are_not_numbers():
    labels = np.where(NUMBERS == 1, "no", "yes")
    model = LogisticRegression().fit(X, labels)
    expected = calibrant.metrics.log_loss(model.predict_proba(X)[:, 1], (labels == "yes").astype(int))
    assert scorers["neg_log_loss"](model, X, labels) == pytest.approx(-expected)


def test_a_search_takes_the_model_with_the_smallest_error():
    search = GridSearchCV(LogisticRegression(max_iter=500), {"C": [1e-3, 1.0]}, scoring=Scorer("ece", n_bins=5), cv=3)
    search.fit(X, NUMBERS)
    assert search.best_score_ == max(search.cv_results_["mean_test_score"]) < 0


def test_weights_count():
    model = LogisticRegression(max_iter=500).fit(X, NUMBERS)
    twice = np.where(NUMBERS == 0, 2.0, 1.0)
    rows = np.repeat(np.arange(150), twice.astype(int))
    assert scorers["neg_ece"](model, X, NUMBERS, sample_weight=twice) == scorers["neg_ece"](model, X[rows], NUMBERS[rows])


def test_every_metric_has_a_scorer_that_says_what_it_is():
    assert {scorer.metric for scorer in scorers.values()} == set(calibrant.metrics.names())
    assert repr(pickle.loads(pickle.dumps(Scorer("ece", n_bins=7)))) == "Scorer('ece', n_bins=7)"
    with pytest.raises(calibrant.CalibrantError, match="'?eec"):
        Scorer("eec")


def test_a_signed_metric_is_best_at_zero():
    model = LogisticRegression(max_iter=500).fit(X, NUMBERS)
    gap = float(calibrant.metrics.figure("confidence_gap", model.predict_proba(X), NUMBERS))
    assert scorers["neg_confidence_gap"](model, X, NUMBERS) == -abs(gap)
