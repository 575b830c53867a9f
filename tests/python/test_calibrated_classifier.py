"""The meta-estimator inside scikit-learn: its own checks, pipelines, searches, weights, folds without a class."""

import pickle
import warnings

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
pytest.importorskip("sklearn", reason="scikit-learn comes with tools/requirements-dev.txt")
from calibrant.sklearn import CalibratedClassifier  # noqa: E402
from sklearn import set_config  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.datasets import load_digits, load_iris, make_classification  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.frozen import FrozenEstimator  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, LeaveOneOut, PredefinedSplit, cross_val_score, train_test_split  # noqa: E402
from sklearn.naive_bayes import GaussianNB  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402


@parametrize_with_checks(
    [
        CalibratedClassifier(LogisticRegression(C=1), method="temperature", cv=3),
        CalibratedClassifier(LogisticRegression(C=1), method="isotonic", cv=3, ensemble=False),
        CalibratedClassifier(LinearSVC(), method="platt", cv=3),
    ]
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return train_test_split(X, y, test_size=0.4, random_state=0)


@pytest.mark.parametrize("ensemble", [True, False])
@pytest.mark.parametrize("method", ["auto", "temperature", "svs", "isotonic"])
def test_probabilities_become_better(digits, method, ensemble):
    X, new, y, truth = digits
    forest = RandomForestClassifier(60, random_state=0)  # says 60 % where it is right nearly always
    plain = clone(forest).fit(X, y)
    corrected = CalibratedClassifier(forest, method=method, ensemble=ensemble).fit(X, y)
    before = calibrant.evaluate(plain.predict_proba(new), truth, log_floor=1e-15)
    after = calibrant.evaluate(corrected.predict_proba(new), truth, log_floor=1e-15)
    assert after.ece.value < before.ece.value
    assert after.log_loss.value < before.log_loss.value
    assert len(corrected.voters_) == (5 if ensemble else 1)


def test_in_pipelines_searches_and_cross_validation():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    model = make_pipeline(StandardScaler(), CalibratedClassifier(LogisticRegression(), method="temperature", cv=3))
    assert cross_val_score(model, X, names, cv=3, scoring="neg_log_loss").min() > -0.5
    search = GridSearchCV(
        CalibratedClassifier(LogisticRegression(max_iter=500), cv=3), {"method": ["temperature", "svs"], "estimator__C": [0.1, 1]}, cv=3
    )
    search.fit(X, names)
    assert set(search.predict(X)) <= set(names)
    assert (pickle.loads(pickle.dumps(search.best_estimator_)).predict_proba(X) == search.predict_proba(X)).all()
    fresh = clone(search.best_estimator_)
    assert not hasattr(fresh, "classes_")


def test_frames_in(digits):
    pandas = pytest.importorskip("pandas")
    X, new, y, _ = digits
    frame = pandas.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])], index=np.arange(len(X)) + 7)
    fitted = CalibratedClassifier(GaussianNB(), method="ts_mix").fit(frame, pandas.Series(y, index=frame.index))
    assert list(fitted.feature_names_in_) == list(frame.columns)
    expected = CalibratedClassifier(GaussianNB(), method="ts_mix").fit(X, y).predict_proba(new)
    assert fitted.predict_proba(pandas.DataFrame(new, columns=frame.columns)) == pytest.approx(expected)


def test_a_frozen_estimator_stays_as_it_is(digits):
    X, new, y, _ = digits
    plain = RandomForestClassifier(30, random_state=0).fit(X[:500], y[:500])
    fitted = CalibratedClassifier(FrozenEstimator(plain), method="ts_mix", ensemble=False).fit(X[500:], y[500:])
    direct = calibrant.MixedTemperatureScaling().fit(plain.predict_proba(X[500:]), y[500:])
    assert fitted.predict_proba(new) == pytest.approx(direct.predict_proba(plain.predict_proba(new)))


def test_a_class_that_a_fold_lacks_is_left_to_the_others():
    X, y = make_classification(300, n_informative=4, n_classes=3, random_state=1)
    fold = np.arange(300) % 3
    fold[y == 2] = 0  # the estimator of fold 0 never sees class 2
    fitted = CalibratedClassifier(LogisticRegression(), method="temperature", cv=PredefinedSplit(fold)).fit(X, y)
    assert [len(voter.places) for voter in fitted.voters_] == [2, 3, 3]
    p = fitted.predict_proba(X)
    assert np.abs(p.sum(axis=1) - 1).max() < 1e-9
    assert (fitted.predict(X) == y).mean() > 0.6
    assert p[y == 2, 2].mean() > 0.4  # not a third less for the fold that could not say


def test_weights_reach_the_estimator_and_the_calibrator(digits):
    X, new, y, _ = digits
    weights = np.random.default_rng(0).integers(0, 3, len(y))
    model = CalibratedClassifier(GaussianNB(), method="temperature", cv=PredefinedSplit(np.arange(len(y)) % 3))
    weighted = model.fit(X, y, sample_weight=weights).voters_
    rows = np.flatnonzero(np.arange(len(y)) % 3 == 0)
    scores = GaussianNB().fit(np.delete(X, rows, 0), np.delete(y, rows), np.delete(weights, rows)).predict_proba(X[rows])
    expected = calibrant.TemperatureScaling().fit(scores, y[rows], sample_weight=weights[rows]).temperature_
    assert weighted[0].calibrator.temperature_ == pytest.approx(expected, rel=1e-9)
    set_config(enable_metadata_routing=True)
    try:
        routed = CalibratedClassifier(GaussianNB().set_fit_request(sample_weight=True), method="temperature", cv=model.cv)
        assert routed.fit(X, y, sample_weight=weights).voters_[0].calibrator.temperature_ == pytest.approx(expected, rel=1e-9)
    finally:
        set_config(enable_metadata_routing=False)


@pytest.mark.parametrize("method", ["platt", "isotonic", "temperature"])
def test_folds_of_one_class_each_are_refused(method):
    """Calibrators of one row each made every probability 1/2; one calibrator of all held-out rows does learn."""
    X, y = make_classification(60, n_features=6, random_state=42)
    with pytest.raises(ValueError, match=r"every fold holds out rows of one class alone.*ensemble=False \(n_samples=60\)"):
        CalibratedClassifier(LogisticRegression(), method=method, cv=LeaveOneOut()).fit(X, y)
    fitted = CalibratedClassifier(LogisticRegression(), method=method, cv=LeaveOneOut(), ensemble=False).fit(X, y)
    assert np.ptp(fitted.predict_proba(X)[:, 1]) > 0.5


def test_weights_that_the_estimator_does_not_take_are_told():
    """Weights that only the calibrator uses are no secret; a frozen estimator learns nothing, so there it says nothing."""
    X, y = load_iris(return_X_y=True)
    weights = np.ones(len(y))
    with pytest.warns(UserWarning, match="sample_weight: fit of KNeighborsClassifier takes none"):
        CalibratedClassifier(KNeighborsClassifier(), method="temperature").fit(X, y, sample_weight=weights)
    frozen = FrozenEstimator(KNeighborsClassifier().fit(X, y))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CalibratedClassifier(frozen, method="temperature", ensemble=False).fit(X, y, sample_weight=weights)


def test_a_wrong_method_is_named():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(calibrant.CalibrantError, match="method: got 'temprature'"):
        CalibratedClassifier(method="temprature").fit(X, y)
    tuned = CalibratedClassifier(LogisticRegression(max_iter=500), method=calibrant.HistogramBinning(bins=5)).fit(X, y)
    assert tuned.voters_[0].calibrator.bins == 5
