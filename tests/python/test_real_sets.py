"""Calibrators on predictions of real classifiers, learned and judged on different rows (5-fold cross-validation).

The sets and what is asked of them: temperature is not worse than the identity where that is finite; `auto` is not significantly worse than whichever single calibrator turns out best, over all sets together.
"""

import math
from pathlib import Path

import numpy as np
import pytest

import calibrant

DATA = Path(__file__).parents[3] / "shared" / "data"
SINGLE = {
    "identity": calibrant.Identity,
    "temperature": calibrant.TemperatureScaling,
    "ts_mix": calibrant.MixedTemperatureScaling,
    "ets": calibrant.EnsembleTemperatureScaling,
    "svs": calibrant.StructuredVectorScaling,
    "vector": calibrant.VectorScaling,
    "beta": calibrant.BetaCalibration,
    "irm": calibrant.FlattenedIsotonic,
    "isotonic": calibrant.IsotonicCalibration,
    "venn_abers": calibrant.VennAbers,
    "venn_abers_pairs": calibrant.VennAbersPairs,
}
SETS = [
    *(
        f"own_uci_oof/{task}_{model}"
        for task in ("optdigits", "page_blocks", "segment", "waveform5000")
        for model in ("gnb", "logreg", "mlp100", "rf200")
    ),
    "cassava_oof/oof",
    "eurosat/ms_test",
    "eurosat/rgb_test",
    "imagenet16h_noise110/vgg19",
]

LARGE = ["netcal_cifar/densenet-bc-100-cifar-100", "netcal_cifar/wideresnet-16-4-cifar-100"]


def load(name):
    """Scores, labels and whether the scores are logits; None where the set is not there."""
    stem = DATA / name
    labels = stem.with_name(stem.name + "_labels.npy")
    if not labels.exists():
        return None
    logits = stem.with_name(stem.name + "_logits.npy")
    scores = np.load(logits if logits.exists() else stem.with_name(stem.name + "_probs.npy"))
    return scores, np.load(labels), logits.exists()


def folds(y, seed=0):
    fold = np.empty(len(y), dtype=int)
    order = np.random.default_rng(seed).permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    fold[order] = np.arange(len(y)) % 5
    return fold


def held_out_losses(calibrator, scores, y):
    losses = np.empty(len(y))
    fold = folds(y)
    for f in range(5):
        test = fold == f
        p = calibrator.fit(scores[~test], y[~test]).predict_proba(scores[test].astype(np.float64))
        with np.errstate(divide="ignore"):
            losses[test] = -np.log(p[np.arange(test.sum()), y[test]])
    return losses


def worse_by(a, b):
    """Mean of a - b over its standard error; where one is infinite, infinite or 0."""
    with np.errstate(invalid="ignore"):
        difference = np.where(a == b, 0.0, a - b)
    if not np.isfinite(difference).all():
        return math.inf if (difference == math.inf).any() else -math.inf
    error = difference.std() / math.sqrt(len(difference))
    return 0.0 if error == 0 else difference.mean() / error


@pytest.mark.slow
def test_temperature_is_not_worse_than_nothing():
    """Not significantly worse on any set, Bonferroni at 5 % one-sided. (By more than one standard error it is worse on 2 of 22,
    where T is so near to 1 that what is learned of it is noise: chance alone gives one of six such sets that much.)"""
    present = {name: data for name in [*SETS, *LARGE] if (data := load(name)) is not None}
    if not present:
        pytest.skip("the folder of shared data is not there")
    for name, (scores, y, logits) in present.items():
        identity = held_out_losses(calibrant.Identity(logits=logits), scores, y)
        if np.isfinite(identity).all():
            temperature = held_out_losses(calibrant.TemperatureScaling(logits=logits), scores, y)
            p_value = math.erfc(worse_by(temperature, identity) / math.sqrt(2)) / 2
            assert p_value * len(present) > 0.05, name
        assert np.isfinite(held_out_losses(calibrant.MixedTemperatureScaling(logits=logits), scores, y)).all(), name


@pytest.mark.slow
def test_auto_is_not_significantly_worse_than_the_best_single_calibrator():
    present = {name: data for name in SETS if (data := load(name)) is not None}
    if not present:
        pytest.skip("the folder of shared data is not there")
    p_values = []
    for name, (scores, y, logits) in present.items():
        chosen = held_out_losses(calibrant.AutoCalibration(logits=logits), scores, y)
        singles = {
            method: held_out_losses(calibrator(logits=logits), scores, y) for method, calibrator in SINGLE.items()
        }
        best = min(singles, key=lambda method: singles[method].mean())
        z = worse_by(chosen, singles[best])
        p_values.append(math.erfc(z / math.sqrt(2)) / 2)
        print(f"{name}: best single {best} {singles[best].mean():.5f}, auto {chosen.mean():.5f}, z = {z:.2f}")
    assert min(p_values) * len(p_values) > 0.05  # Holm's first step: nothing is significant
