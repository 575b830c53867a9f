"""Defects that were measured in other packages, each with what Calibrant does instead: one test for each.

Those that have a test elsewhere are not written twice:

temperature_integer_labels_1_to_k     test_labels_that_are_no_column_numbers_are_matched of tests/python/test_calibrators.py
labels_pandas_offset_index            the same test, its last lines
temperature_not_negative              TemperatureScaling.ScoresAgainstTheirLabelsAreAsEvenAsTheyMayBe of tests/calibrators/calibrators_test.cpp
separable_stops                       TemperatureScaling.SeparableRowsKeepOneAndSayWhy, there
two_of_three_labels_present           test_two_of_three_labels_need_the_classes of tests/python/test_calibrators.py
binning_fit_apply_same_side           HistogramBinning.LearnsAndMapsByOneRuleAtAnEdge of tests/calibrators/calibrators_test.cpp; equal mass is here
irm_rows_sum_to_one                   test_rows_are_on_the_simplex of tests/python/test_calibrators.py
input_not_modified                    test_the_input_is_not_touched_and_any_strides_do, there
ovr_absent_class_column               law "absent class" of tests/laws/calibrator_laws_test.cpp
fold_missing_class                    test_a_class_that_a_fold_lacks_is_left_to_the_others of tests/python/test_calibrated_classifier.py
export_keeps_temperature              test_the_graph_computes_what_the_calibrator_does of tests/python/test_onnx.py
weights_equal_repetition              law "weights" of tests/laws/calibrator_laws_test.cpp
"""

import json
import subprocess
import sys

import numpy as np
import pytest
from calibrator_peers import softmax
from peer_support import COMMAND

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
from calibrant import CalibrantError  # noqa: E402
from calibrant._calibrator import METHODS  # noqa: E402


def drawn(n=500, k=3, seed=0, power=0.5):
    """Logits and labels that follow softmax(power z)."""
    random = np.random.default_rng(seed)
    z = 2 * random.normal(size=(n, k))
    y = (softmax(power * z).cumsum(axis=1) < random.random((n, 1))).sum(axis=1)
    return z, y


def test_temperature_float32_moves():
    """netcal: differences in float32 stop at T = 1. Here both types of the same numbers give the same T, far from 1."""
    z, y = drawn(2000, 5)
    narrow = z.astype(np.float32)
    fitted = calibrant.TemperatureScaling(logits=True).fit(narrow, y).temperature_
    assert fitted == pytest.approx(calibrant.TemperatureScaling(logits=True).fit(narrow.astype(np.float64), y).temperature_, rel=1e-6)
    assert fitted == pytest.approx(2, abs=0.2)


def test_platt_on_probabilities():
    """scikit-learn takes probabilities for decision values. Here the kind of scores is said, and the sigmoid reads log-odds of both."""
    z, y = drawn()
    of_logits = calibrant.PlattScaling(logits=True).fit(z, y).predict_proba(z)
    of_probabilities = calibrant.PlattScaling().fit(softmax(z), y)
    assert of_probabilities.predict_proba(softmax(z)) == pytest.approx(of_logits, abs=1e-9)
    raw = calibrant.PlattScaling(scores="raw").fit(softmax(z), y).predict_proba(softmax(z))
    assert np.abs(raw - of_logits).max() > 0.01  # what scikit-learn does, for those who ask
    with pytest.raises(CalibrantError, match="expected a probability"):
        of_probabilities.predict_proba(z)


@pytest.mark.parametrize("classes", [None, ["1", "2"]])
def test_labels_one_two_binary(classes):
    """netcal takes the labels 1 and 2 for accuracies (.8 beside .7). Here they name classes or are refused."""
    p = np.tile([0.3, 0.7], (10, 1))
    y = np.array([2] * 6 + [1] * 4)
    if classes is None:
        with pytest.raises(CalibrantError, match="has label 2, expected a class index from 0 to 1"):
            calibrant.evaluate(p, y)
    else:
        assert calibrant.evaluate(p, y, classes=classes).ece.value == pytest.approx(0.1, abs=1e-12)
    z, labels = drawn(300, 2)
    named = calibrant.TemperatureScaling(logits=True, classes=classes).fit(z, labels + 1)
    assert named.temperature_ == calibrant.TemperatureScaling(logits=True).fit(z, labels).temperature_
    assert [str(name) for name in named.classes_] == ["1", "2"]


def test_duplicate_quantile_edges():
    """netcal raises where quantiles coincide. Here equal edges are one, and the report says so."""
    p = np.repeat([[0.5, 0.5], [0.2, 0.8]], [90, 10], axis=0)
    y = np.r_[np.arange(90) % 2, np.ones(10, int)]
    fitted = calibrant.HistogramBinning(bins=10, binning="mass").fit(p, y)
    edges = fitted.parameters_["edges"]
    assert (np.diff(edges) > 0).all()
    assert fitted.parameters_["bins"] == [len(edges) - 1]
    assert len(edges) - 1 < 10
    assert [note["code"] for note in fitted.report_["notes"]].count("fewer_bins") == 1
    assert fitted.predict_proba(p)[[0, -1], 1] == pytest.approx([0.5, 1], abs=1e-12)


@pytest.mark.parametrize("binning", ["width", "mass"])
def test_binning_fit_apply_same_side(binning):
    """netcal learns bins [lo, hi) and maps by (lo, hi]. Here the rows of a bin get the share of the class among just those rows."""
    second = np.repeat([0.25, 0.5, 0.75, 1.0], [4, 6, 5, 5])  # every score is an edge of four bins
    hits = np.r_[[1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]
    p = np.stack([1 - second, second], axis=1)
    fitted = calibrant.HistogramBinning(bins=4, binning=binning).fit(p, hits)
    got = fitted.predict_proba(p)[:, 1]
    for value in np.unique(got):
        assert hits[got == value].mean() == pytest.approx(value, abs=1e-12)


def test_zero_over_zero_row():
    """netcal divides 0 by 0 where every class's curve says 0. Here such a row becomes uniform."""
    # Three classes that are hit where their score is .7 and never where it is .1, and one that no row has.
    p = np.repeat([[0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.7, 0.1]], 5, axis=0)
    fitted = calibrant.IsotonicCalibration().fit(p, np.repeat([0, 1, 2], 5))
    assert fitted.predict_proba(p[:1]).tolist() == [[1, 0, 0, 0]]
    assert fitted.predict_proba(np.array([[0.1, 0.1, 0.1, 0.7]])) == pytest.approx(np.full((1, 4), 0.25), abs=1e-15)


@pytest.mark.parametrize("method", METHODS)
def test_large_logits_no_overflow(method):
    """Mix-n-Match takes exp without a shift. Here rows that reach 1e4 or -1e4 are learned from and mapped."""
    z, y = drawn(400, 4)
    z *= 1e4 / np.abs(z).max(axis=1, keepdims=True)
    target = {"target": z[:100]} if method == "prior_correction" else {}
    p = METHODS[method](logits=True).fit(z, y, **target).predict_proba(np.vstack([z, -z]))
    assert np.isfinite(p).all()
    assert np.abs(p.sum(axis=1) - 1).max() < 1e-14
    assert p.min() >= 0


def test_dirichlet_k1000_memory():
    """dirichletcal holds N x (K + 1) x (K + 1) numbers, 4 GB here. A fit of ours adds less than 60 times N K + K^2 of them, a fifth."""
    pytest.importorskip("resource")
    code = (
        "import resource, numpy as np, calibrant\n"
        "n, k = 500, 1000\n"
        "random = np.random.default_rng(0)\n"
        "z, y = random.normal(size=(n, k)), random.integers(0, k, n)\n"
        "z[np.arange(n), y] += 3\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024\n"
        "before = peak()\n"
        "fitted = calibrant.DirichletCalibrationL2(logits=True, **{'lambda': 100}).fit(z, y)\n"
        "print((peak() - before) / (8 * (n * k + k * k)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 60  # the peer's array alone is 334 times that


@pytest.mark.parametrize("p", [np.full(10, 0.7), np.tile([0.3, 0.7], (10, 1))], ids=["one column", "two columns"])
def test_lp_binary_broadcast(p):
    """probmetrics: .7 said, .6 true gives .016 for L2 and 0 for the maximum. Both are .1."""
    result = calibrant.evaluate(p, np.array([1] * 6 + [0] * 4))
    assert result.rmsce.value == pytest.approx(0.1, abs=1e-12)
    assert result.mce.value == pytest.approx(0.1, abs=1e-12)


def test_warnings_not_silenced():
    """betacal silences every warning of the process, venn-abers NumPy's. Here learning and mapping leave both as they were."""
    code = (
        "import warnings, numpy as np\n"
        "filters, errors = list(warnings.filters), np.geterr()\n"
        "import calibrant\n"
        "from calibrant._calibrator import METHODS\n"
        "z = np.random.default_rng(0).normal(size=(200, 3)); y = z.argmax(axis=1); y[::5] = 0\n"
        "for method in METHODS.values():\n"
        "    target = {'target': z[:50]} if method.method == 'prior_correction' else {}\n"
        "    method(logits=True).fit(z, y, **target).predict_proba(z)\n"
        "assert list(warnings.filters) == filters and np.geterr() == errors\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def by_rows(g):
    return g / g.sum(axis=1, keepdims=True)


# The catalogue's formula of a method, and the same in NumPy of the parameters (m), logits (z) and probabilities (p).
FORMULAS = {
    "temperature": ("softmax(z / T)", lambda m, z, p: softmax(m["beta"] * z)),
    "ts_mix": ("(1 - w) softmax(z / T) + w/K", lambda m, z, p: (1 - m["uniform_share"]) * softmax(m["beta"] * z) + m["uniform_share"] / 3),
    "ets": (
        "w1 softmax(z / T) + w2 softmax(z) + w3/K",
        lambda m, z, p: m["shares"][0] * softmax(m["beta"] * z) + m["shares"][1] * softmax(z) + m["shares"][2] / 3,
    ),
    "vector": ("softmax(v * z + b)", lambda m, z, p: softmax(m["slopes"] * z + m["offsets"])),
    "matrix": ("softmax(M z + b)", lambda m, z, p: softmax(z @ m["matrix"].T + m["offsets"])),
    "dirichlet_l2": ("softmax(M ln p + b)", lambda m, z, p: softmax(np.log(p) @ m["matrix"].T + m["offsets"])),
    "platt": ("1/(1 + exp(A_k s_k + B_k))", lambda m, z, p: by_rows(sigmoid(-(m["A"] * np.log(p / (1 - p)) + m["B"])))),
    "beta": ("1/(1 + 1/(e^c s^a / (1 - s)^b))", lambda m, z, p: by_rows(sigmoid(m["a"] * np.log(p) - m["b"] * np.log(1 - p) + m["c"]))),
}


@pytest.mark.parametrize("method", FORMULAS)
def test_binary_logistic_matches_docs(method):
    """probmetrics builds affine curves where its documentation says quadratic ones. Here the catalogue's formula is what is computed."""
    text, formula = FORMULAS[method]
    listed = json.loads(subprocess.run([COMMAND, "calibrators", "--json"], check=True, capture_output=True, text=True).stdout)
    assert text in {entry["name"]: entry["definition"] for entry in listed}[method]
    z, y = drawn()
    new, _ = drawn(seed=1)
    fitted = METHODS[method](logits=True).fit(z, y)
    assert fitted.predict_proba(new) == pytest.approx(formula(fitted.parameters_, new, softmax(new)), abs=1e-12)
