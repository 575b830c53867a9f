"""Calibrators beside those of other packages, on the same rows. Skipped where .venv-bench or a package is absent."""

import subprocess
from pathlib import Path

import numpy as np
import peer_support
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

SCRIPT = Path(__file__).with_name("calibrator_peers.py")


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def rows():
    """6,000 rows of 6 classes whose labels follow a distorted softmax; the first half is learned from."""
    random = np.random.default_rng(5)
    z = 3 * random.normal(size=(6000, 6))
    truth = softmax(z * np.linspace(0.3, 0.7, 6) + np.linspace(-0.5, 0.5, 6))
    y = (truth.cumsum(axis=1) < random.random((6000, 1))).sum(axis=1)
    p = softmax(z)
    return p[:3000], y[:3000], p[3000:]


@pytest.fixture
def peer(rows, tmp_path):
    def answer(method):
        if not peer_support.BENCH_PYTHON.exists():
            pytest.skip("no .venv-bench with the peers; tools/install_deps.sh --bench makes it")
        p, y, new = rows
        np.savez(tmp_path / "data.npz", scores=p, labels=y, new=new)
        command = [str(peer_support.BENCH_PYTHON), str(SCRIPT), method, str(tmp_path / "data.npz"), str(tmp_path / "out.npz")]
        done = subprocess.run(command, capture_output=True, text=True)
        if "ModuleNotFoundError" in done.stderr:
            pytest.skip(done.stderr.splitlines()[-1])
        assert done.returncode == 0, done.stderr
        return dict(np.load(tmp_path / "out.npz"))

    return answer


def test_mixed_temperature_is_that_of_probmetrics(rows, peer):
    p, y, new = rows
    ours = calibrant.MixedTemperatureScaling().fit(p, y).predict_proba(new)
    # It bisects the inverse temperature in 30 steps of [-16, 16]: to 3e-8.
    assert np.abs(ours - peer("probmetrics ts-mix")["probabilities"]).max() < 1e-7


def penalised_loss(l, y, slopes, offsets, weight):
    z = l * slopes + offsets
    z = z - z.max(axis=1, keepdims=True)
    loss = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]
    return loss.mean() + weight * (((slopes - 1) ** 2).sum() + (offsets**2).sum())


def test_structured_vector_scaling_is_at_least_as_good_as_that_of_probmetrics(rows, peer):
    p, y, new = rows
    theirs = peer("probmetrics svs")
    fitted = calibrant.StructuredVectorScaling().fit(p, y)
    l = np.log(calibrant.MixedTemperatureScaling().fit(p, y).predict_proba(p))
    weight = 6 / len(y)
    ours = penalised_loss(l, y, fitted.parameters_["slopes"], fitted.parameters_["offsets"], weight)
    assert ours <= penalised_loss(l, y, theirs["v_"].astype(float), theirs["b_"].astype(float), weight) + 1e-9
    assert np.abs(fitted.predict_proba(new) - theirs["probabilities"]).max() < 2e-3  # theirs stops at a gradient of 1e-5


def test_structured_matrix_scaling_is_near_that_of_probmetrics(rows, peer):
    p, y, new = rows
    theirs = peer("probmetrics sms")["probabilities"]
    assert np.abs(calibrant.StructuredMatrixScaling().fit(p, y).predict_proba(new) - theirs).max() < 5e-3


def test_isotonic_regression_is_that_of_netcal(rows, peer):
    p, y, new = rows
    ours = calibrant.IsotonicCalibration().fit(p, y).predict_proba(new)
    assert np.abs(ours - peer("netcal isotonic")["probabilities"]).max() < 1e-6  # it rounds its curve to float32


def test_histogram_binning_is_that_of_netcal_away_from_edges(rows, peer):
    p, y, new = rows
    ours = calibrant.HistogramBinning(bins=15).fit(p, y).predict_proba(new)
    theirs = peer("netcal histogram")["probabilities"]
    # It learns bins [lo, hi) and maps by (lo, hi]; no probability of these rows is an edge. An empty bin is its centre there too.
    assert np.abs(ours - theirs).max() < 1e-6
