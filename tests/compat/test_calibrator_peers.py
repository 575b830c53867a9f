"""Calibrators beside those of other packages, on the same rows. Skipped where .venv-bench or a package is absent."""

import json
import subprocess
from pathlib import Path

import calibrator_peers
import numpy as np
import peer_support
import pytest
from calibrator_peers import softmax

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

SCRIPT = Path(__file__).with_name("calibrator_peers.py")


@pytest.fixture(scope="module")
def rows():
    return calibrator_peers.six_classes()


@pytest.fixture
def peer_of(tmp_path):
    """Asks a peer about rows."""

    def answer(method, p, y, new):
        if not peer_support.BENCH_PYTHON.exists():
            pytest.skip("no .venv-bench with the peers; tools/install_deps.sh --bench makes it")
        np.savez(tmp_path / "data.npz", scores=p, labels=y, new=new)
        command = [str(peer_support.BENCH_PYTHON), str(SCRIPT), method, str(tmp_path / "data.npz"), str(tmp_path / "out.npz")]
        done = subprocess.run(command, capture_output=True, text=True)
        if "ModuleNotFoundError" in done.stderr:
            pytest.skip(done.stderr.splitlines()[-1])
        assert done.returncode == 0, done.stderr
        return dict(np.load(tmp_path / "out.npz"))

    return answer


@pytest.fixture
def peer(rows, peer_of):
    """Asks a peer about the rows of six classes."""
    return lambda method: peer_of(method, *rows)


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


def test_temperature_is_that_of_netcal(rows, peer):
    p, y, new = rows
    ours = calibrant.TemperatureScaling().fit(p, y).predict_proba(new)
    # In float64; it stops at a gradient of 1e-5 and starts from probabilities that it has clipped.
    assert np.abs(ours - peer("netcal temperature")["probabilities"]).max() < 1e-5


def one_against_rest(rows):
    """Class 0 against the rest, as two columns."""
    p, y, new = rows
    two = lambda q: np.stack([1 - q[:, 0], q[:, 0]], axis=1)  # noqa: E731
    return two(p), (y == 0).astype(int), two(new)


def test_beta_of_two_classes_is_that_of_netcal(rows, peer):
    p, y, new = one_against_rest(rows)
    ours = calibrant.BetaCalibration().fit(p, y).predict_proba(new)
    # It stops at a gradient of 1e-5.
    assert np.abs(ours[:, 1] - peer("netcal beta")["probabilities"].ravel()).max() < 5e-5


def beta_curves(p, a, b, c):
    """Columns of sigmoids of a ln p - b ln(1 - p) + c, the definition of the paper."""
    return 1 / (1 + np.exp(-(a * np.log(p) - b * np.log1p(-p) + c)))


@pytest.mark.parametrize("parameters", ["abm", "ab", "am"])
def test_beta_parameters_are_those_of_betacal(rows, peer, parameters):
    p, y, new = rows
    fitted = calibrant.BetaCalibration(parameters=parameters).fit(p, y)
    theirs = peer(f"betacal {parameters} to the end")
    ours = fitted.parameters_
    # Of a and b alone betacal takes negative ones too, which are no calibration map: ours stop at 0 there.
    same = (theirs["a"] >= 0) & (theirs["b"] >= 0)
    assert same.sum() >= 3
    assert ours["a"][same] == pytest.approx(theirs["a"][same], abs=1e-8)
    assert ours["b"][same] == pytest.approx(theirs["b"][same], abs=1e-8)
    curves = beta_curves(new, ours["a"], ours["b"], ours["c"])
    assert np.abs(curves - theirs["columns"])[:, same].max() < 1e-8
    assert (ours["b"][~same] == 0).all()
    if same.all():
        assert np.abs(fitted.predict_proba(new) - theirs["probabilities"]).max() < 1e-8


@pytest.mark.parametrize("parameters", ["abm", "am"])
def test_beta_is_at_least_as_good_as_betacal_ships(rows, peer, parameters):
    """Its logistic regression stops at a gradient of 1e-4, so on the rows learned from ours loses no more, class by class."""
    p, y, new = rows
    fitted = calibrant.BetaCalibration(parameters=parameters).fit(p, y)
    theirs = peer(f"betacal {parameters}")
    assert np.abs(fitted.predict_proba(new) - theirs["probabilities"]).max() < 1e-3
    hit = y[:, None] == np.arange(p.shape[1])

    def losses(a, b, c):
        g = beta_curves(p, a, b, c)
        return -np.log(np.where(hit, g, 1 - g)).mean(axis=0)

    ours = fitted.parameters_
    assert (losses(ours["a"], ours["b"], ours["c"]) <= losses(theirs["a"], theirs["b"], theirs["c"]) + 1e-12).all()


def test_venn_abers_pairs_are_those_of_venn_abers(rows, peer):
    """p0 and p1 of new scores, as the stored curves give them, and the probability that they merge into."""
    p, y, new = one_against_rest(rows)
    fitted = calibrant.VennAbers().fit(p, y)
    theirs = peer("venn-abers binary")
    x, p0, p1 = (fitted.parameters_[name] for name in ("x", "p0", "p1"))
    assert np.abs(np.append(0, p0)[np.searchsorted(x, new[:, 1], "right")] - theirs["p0"]).max() < 1e-12
    assert np.abs(np.append(p1, 1)[np.searchsorted(x, new[:, 1], "left")] - theirs["p1"]).max() < 1e-12
    assert np.abs(fitted.predict_proba(new) - theirs["probabilities"]).max() < 1e-12


@pytest.mark.parametrize("digits", [None, 2], ids=["distinct", "tied"])
def test_venn_abers_against_the_rest_is_that_of_venn_abers(rows, peer_of, digits):
    p, y, new = rows
    if digits is not None:
        p, new = (np.round(q, digits) for q in (p, new))
        p, new = p / p.sum(axis=1, keepdims=True), new / new.sum(axis=1, keepdims=True)
    theirs = peer_of("venn-abers classes", p, y, new)["probabilities"]
    assert np.abs(calibrant.VennAbers().fit(p, y).predict_proba(new) - theirs).max() < 1e-12


STORED = json.loads((peer_support.COMPAT / "data" / "dirichletcal.json").read_text(encoding="utf-8"))
DIRICHLET = {
    "odir": (lambda: calibrant.DirichletCalibration(**{"lambda": 1e-2, "mu": 1e-2}), lambda off, all_, b: 1e-2 * (off / 30 + b / 6)),
    "l2": (lambda: calibrant.DirichletCalibrationL2(**{"lambda": 1e-3}), lambda off, all_, b: 1e-3 * (all_ + b)),
}


@pytest.mark.parametrize("penalty", DIRICHLET)
def test_dirichlet_is_at_least_as_good_as_dirichletcal(rows, penalty):
    """Beside its stored answers: our penalised loss is no larger, and predictions agree, for its Newton steps have converged."""
    p, y, new = rows
    build, price = DIRICHLET[penalty]
    theirs = np.array(STORED[penalty])
    fitted = build().fit(p, y)
    kept = fitted.parameters_

    def objective(slopes, offsets):
        g = softmax(np.log(p) @ slopes.T + offsets)
        squares = slopes**2
        return -np.log(g[np.arange(len(y)), y]).mean() + price(squares.sum() - np.trace(squares), squares.sum(), (offsets**2).sum())

    assert objective(kept["matrix"], kept["offsets"]) <= objective(theirs[:, :-1], theirs[:, -1]) + 1e-9
    expected = softmax(np.log(new) @ theirs[:, :-1].T + theirs[:, -1])
    assert np.abs(fitted.predict_proba(new) - expected).max() < 1e-6
