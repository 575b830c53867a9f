"""Prior correction: shares of classes among rows without labels, found again where they are known."""

import numpy as np
import pytest

import calibrant
from calibrant import CalibrantError

SOURCE = np.array([0.5, 0.3, 0.2])
TARGET = np.array([0.1, 0.3, 0.6])
MEANS = np.array([[1.5, 0.0], [-1.0, 1.2], [-0.5, -1.5]])


def rows(shares, n, seed):
    """Logits of the exact posterior under SOURCE, whatever the shares of the rows are, made too decided by a factor of 2."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, size=n, p=shares)
    x = MEANS[y] + rng.normal(size=(n, 2))
    log_density = -((x[:, None, :] - MEANS) ** 2).sum(axis=2) / 2
    return 2 * (log_density + np.log(SOURCE)), y


def posterior(z):
    """The true posterior of the target from the logits above."""
    p = np.exp(z / 2 - (z / 2).max(axis=1, keepdims=True)) * TARGET / SOURCE
    return p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("estimator", ["em", "bbse", "rlls"])
def test_shares_are_found_again(estimator):
    """Each of 3 shares in 20 repetitions within 4 standard errors of its own estimate: a false alarm in 0.4 % of all runs."""
    for seed in range(20):
        z, y = rows(SOURCE, 4000, seed)
        new, _ = rows(TARGET, 4000, 1000 + seed)
        fitted = calibrant.PriorCorrection(logits=True, estimator=estimator).fit(z, y, target=new)
        off = fitted.prior_to_ / fitted.prior_from_ - TARGET / SOURCE
        assert (np.abs(off) < 4 * fitted.ratio_errors_).all(), (seed, off, fitted.ratio_errors_)


@pytest.mark.parametrize("estimator", ["em", "bbse"])
def test_standard_errors_are_the_spread_of_estimates(estimator):
    """Ratio of stated errors and the spread over 60 repetitions within 1 +- .35 (3.8 standard errors of such a spread)."""
    ratios, errors = [], []
    for seed in range(60):
        z, y = rows(SOURCE, 1500, seed)
        new, _ = rows(TARGET, 1500, 1000 + seed)
        fitted = calibrant.PriorCorrection(logits=True, estimator=estimator).fit(z, y, target=new)
        ratios.append(fitted.prior_to_ / fitted.prior_from_)
        errors.append(fitted.ratio_errors_)
    spread = np.std(ratios, axis=0)
    assert np.abs(np.mean(errors, axis=0) / spread - 1).max() < 0.35


def test_em_is_the_more_exact_one():
    """The likelihood uses all of a probability, the confusion matrix the prediction alone (Alexandari et al. 2020)."""
    squares = {"em": 0.0, "bbse": 0.0}
    for seed in range(40):
        z, y = rows(SOURCE, 2000, seed)
        new, _ = rows(TARGET, 500, 1000 + seed)
        for estimator in squares:
            fitted = calibrant.PriorCorrection(logits=True, estimator=estimator).fit(z, y, target=new)
            squares[estimator] += ((fitted.prior_to_ - TARGET) ** 2).sum()
    assert squares["em"] < squares["bbse"]


def test_probabilities_become_those_of_the_target():
    z, y = rows(SOURCE, 20000, 0)
    new, _ = rows(TARGET, 20000, 1)
    plain = calibrant.BiasCorrectedTemperature(logits=True).fit(z, y).predict_proba(new)
    fitted = calibrant.PriorCorrection(logits=True).fit(z, y, target=new)
    truth = posterior(new)
    assert np.abs(fitted.predict_proba(new) - truth).mean() < 0.01
    assert np.abs(plain - truth).mean() > 0.1


def test_the_fixed_point_is_that_of_em():
    """pi'_k is the mean of the corrected probabilities of the target."""
    z, y = rows(SOURCE, 3000, 2)
    new, _ = rows(TARGET, 3000, 3)
    fitted = calibrant.PriorCorrection(logits=True).fit(z, y, target=new)
    assert np.abs(fitted.predict_proba(new).mean(axis=0) - fitted.prior_to_).max() < 1e-6


def test_confusion_matrix_is_solved():
    z, y = rows(SOURCE, 3000, 2)
    new, _ = rows(TARGET, 3000, 3)
    fitted = calibrant.PriorCorrection(logits=True, estimator="bbse", calibrate=False).fit(z, y, target=new)
    C = np.zeros((3, 3))
    np.add.at(C, (z.argmax(axis=1), y), 1 / len(y))
    mu = np.bincount(new.argmax(axis=1), minlength=3) / len(new)
    shares = np.bincount(y, minlength=3) / len(y) * np.linalg.solve(C, mu)
    assert np.abs(fitted.prior_to_ - shares / shares.sum()).max() < 1e-12
    assert fitted.parameters_["beta"] == 1


def test_known_shares_need_no_target():
    z, y = rows(SOURCE, 3000, 2)
    fitted = calibrant.PriorCorrection(logits=True, to=TARGET, calibrate=False).fit(z, y)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True) * TARGET / (np.bincount(y) / len(y))
    assert np.allclose(fitted.predict_proba(z), p / p.sum(axis=1, keepdims=True), atol=1e-12)
    assert (fitted.ratio_errors_ == 0).all()


def test_no_shift_is_found_where_there_is_none():
    z, y = rows(SOURCE, 8000, 5)
    new, _ = rows(SOURCE, 8000, 6)
    fitted = calibrant.PriorCorrection(logits=True).fit(z, y, target=new)
    assert (np.abs(fitted.prior_to_ / fitted.prior_from_ - 1) < 4 * fitted.ratio_errors_).all()


def test_what_cannot_be_answered_is_refused():
    z, y = rows(SOURCE, 500, 0)
    with pytest.raises(CalibrantError, match="got no target, expected rows without labels"):
        calibrant.PriorCorrection(logits=True).fit(z, y)
    with pytest.raises(CalibrantError, match='target rows and the option "to", expected one'):
        calibrant.PriorCorrection(logits=True, to=[0.2, 0.2, 0.6]).fit(z, y, target=z)
    with pytest.raises(CalibrantError, match='option "to": got 2 numbers'):
        calibrant.PriorCorrection(logits=True, to=[0.5, 0.5]).fit(z, y)
    with pytest.raises(CalibrantError, match="class 1 .* has no row"):
        calibrant.PriorCorrection(logits=True).fit(z[y != 1], y[y != 1], target=z)
    with pytest.raises(CalibrantError, match="target row 3 "):
        broken = z.copy()
        broken[3, 0] = np.nan
        calibrant.PriorCorrection(logits=True).fit(z, y, target=broken)
    with pytest.raises(CalibrantError, match="2 classes, expected logits of 3"):
        calibrant.PriorCorrection(logits=True).fit(z, y, target=z[:, :2])
    # A model that never predicts one of the classes says nothing of its share by its predictions.
    hidden = z.copy()
    hidden[:, 2] -= 100
    with pytest.raises(CalibrantError, match="condition number of infinity, expected at most 1000"):
        calibrant.PriorCorrection(logits=True, estimator="bbse", calibrate=False).fit(hidden, y, target=hidden)
    held_back = calibrant.PriorCorrection(logits=True, estimator="rlls", calibrate=False).fit(hidden, y, target=hidden)
    assert np.isfinite(held_back.prior_to_).all()
