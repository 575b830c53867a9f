"""calibrant.metrics: functions that give the figures of the panel, and objects that batches update."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
metrics = calibrant.metrics

RANDOM = np.random.default_rng(11)
SCORES = RANDOM.dirichlet(np.full(5, 0.6), 600).astype(np.float32)
LABELS = (RANDOM.random((600, 1)) > SCORES.cumsum(axis=1)).sum(axis=1).clip(max=4)
PANEL = calibrant.evaluate(SCORES, LABELS, metrics=metrics.names(), bins=10)


def textbook_ece(scores, labels, bins):
    confidence = scores.max(axis=1).astype(np.float64)
    correct = scores.argmax(axis=1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs((confidence - correct)[bin_of == b].sum()) for b in range(bins)]
    return sum(gaps) / len(labels)


def test_the_ece_is_the_textbook_one():
    assert metrics.expected_calibration_error(SCORES, LABELS, n_bins=10) == pytest.approx(textbook_ece(SCORES, LABELS, 10), abs=1e-12)


@pytest.mark.parametrize(
    ("function", "options", "name"),
    [
        (metrics.expected_calibration_error, {}, "ece"),
        (metrics.expected_calibration_error, {"norm": "l2"}, "rmsce"),
        (metrics.expected_calibration_error, {"norm": "max"}, "mce"),
        (metrics.expected_calibration_error, {"binning": "mass"}, "adaptive_ece"),
        (metrics.expected_calibration_error, {"binning": "mass", "norm": "l2"}, "adaptive_rmsce"),
        (metrics.maximum_calibration_error, {}, "mce"),
        (metrics.classwise_calibration_error, {}, "classwise_ece"),
        (metrics.classwise_calibration_error, {"average": "sum"}, "classwise_ece_sum"),
        (metrics.adaptive_calibration_error, {}, "ace"),
        (metrics.smooth_calibration_error, {}, "smooth_ece"),
        (metrics.brier_score, {}, "brier"),
        (metrics.log_loss, {}, "log_loss"),
        (metrics.aurc, {}, "aurc"),
    ],
)
def test_functions_give_the_figures_of_the_panel(function, options, name):
    takes_bins = function not in (metrics.smooth_calibration_error, metrics.brier_score, metrics.log_loss, metrics.aurc)
    assert function(SCORES, LABELS, **options, **({"n_bins": 10} if takes_bins else {})) == PANEL[name].value


@pytest.mark.parametrize("name", metrics.names())
def test_batches_in_any_split_give_what_one_call_gives(name):
    metric = metrics.Metric(name, n_bins=10)
    for first, last in [(0, 1), (1, 130), (130, 130), (130, 597), (597, 600)]:
        metric.update(SCORES[first:last], LABELS[first:last])
    if name.startswith("skce"):  # pairs of neighbours: a split makes other pairs
        assert metric.rows == 600
        return
    assert metric.figure() == PANEL[name]


def test_parts_are_merged_reset_and_refused_whole():
    whole, left, right = (metrics.Metric("classwise_ece", classes="abcde") for _ in range(3))
    names = np.array(list("abcde"))[LABELS]
    whole.update(SCORES, names)
    left.update(SCORES[:77], names[:77])
    right.update(SCORES[77:], names[77:])
    left.merge(right)
    assert left.compute() == whole.compute() and right.rows == 523
    with pytest.raises(calibrant.CalibrantError, match="row 1 "):
        left.update([[0.2] * 5, [0.9] * 5], ["a", "b"])
    assert left.figure() == whole.figure()
    with pytest.raises(calibrant.CalibrantError, match="class 0 is \"a\" in one state"):
        left.merge(_with(metrics.Metric("classwise_ece")))
    assert left.figure() == whole.figure()
    left.reset()
    with pytest.raises(calibrant.CalibrantError, match="no rows"):
        left.compute()


def _with(metric):
    metric.update(SCORES, LABELS)
    return metric


def test_merging_with_itself_counts_every_row_twice():
    metric = _with(metrics.Metric("ece"))
    once = metric.compute()
    metric.merge(metric)
    assert metric.rows == 1200 and metric.compute() == once


def test_unknown_names_are_refused():
    with pytest.raises(calibrant.CalibrantError, match="'eec'"):
        metrics.Metric("eec")
    with pytest.raises(calibrant.CalibrantError, match="norm: got 'L1', expected one of 'l1', 'l2', 'max'"):
        metrics.expected_calibration_error(SCORES, LABELS, norm="L1")
    with pytest.raises(calibrant.CalibrantError, match="binning"):
        metrics.expected_calibration_error(SCORES, LABELS, binning="quantile")


@given(st.integers(1, 30))
def test_the_diagram_holds_every_row(bins):
    diagram = metrics.reliability_diagram(SCORES, LABELS, n_bins=bins)
    assert diagram["count"].sum() == len(LABELS)
    filled = diagram["count"] > 0
    gap = np.abs(diagram["confidence"] - diagram["accuracy"])[filled]
    ece = (diagram["count"][filled] * gap).sum() / len(LABELS)
    assert ece == pytest.approx(metrics.expected_calibration_error(SCORES, LABELS, n_bins=bins), abs=1e-12)


def in_a_fresh_python(code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, env=environment).stdout


def test_a_thousand_updates_do_not_grow_the_process():
    grown = in_a_fresh_python(
        """
import resource, numpy as np
from calibrant import metrics
metric = metrics.Metric("classwise_ece")
scores = np.full((1000, 1000), 1e-3, dtype=np.float32)
labels = np.arange(1000)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for i in range(20): metric.update(scores, labels)
before = peak()
for i in range(300): metric.update(scores, labels)
assert metric.rows == 320000
print(peak() - before)
"""
    )
    assert int(grown) < 2048, "KiB"


def test_half_precision_and_strided_rows_are_read_where_they_lie():
    grown = in_a_fresh_python(
        """
import numpy as np
from calibrant import metrics
def peak(): return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM"))
for dtype in ("f2", "f4", "f8"):
    wide = np.full((400_000, 24), 1 / 16, dtype=dtype)
    labels = np.zeros(len(wide), dtype=np.int32)
    metrics.brier_score(wide[:1000, :16], labels[:1000])
    open("/proc/self/clear_refs", "w").write("5")
    before = peak()
    metrics.brier_score(wide[:, :16], labels)
    print(peak() - before)
"""
    )
    assert max(map(int, grown.split())) < 4096, "KiB; a copy of the smallest array is 12,500"


def test_importing_brings_in_no_other_library():
    loaded = in_a_fresh_python("import sys, calibrant; print(*sys.modules)").split()
    assert not {"torch", "sklearn", "scipy", "pandas", "polars", "pyarrow", "matplotlib", "evaluate", "gradio", "onnxruntime", "subprocess"} & set(loaded)


def test_importing_is_quick():
    """Beyond NumPy, in time of the processor, which does not depend on what else the machine does."""
    code = "import time, numpy; start = time.process_time(); import calibrant; print(time.process_time() - start)"
    assert min(float(in_a_fresh_python(code)) for _ in range(3)) < 0.1


@pytest.mark.parametrize("name", metrics.names())
def test_a_metric_goes_on_from_its_state_dict(name):
    """Also in the middle of rows, and to the bit."""
    whole, first = metrics.Metric(name), metrics.Metric(name)
    for metric in (whole, first):
        metric.update(SCORES[:200], LABELS[:200])
    try:
        kept = pickle.loads(pickle.dumps(first.state_dict()))
    except calibrant.CalibrantError as refused:
        assert "keeps rows" in str(refused)
        assert not whole._state.fits_file
        return
    second = metrics.Metric(name)
    second.load_state_dict(kept)
    for metric in (whole, second):
        metric.update(SCORES[200:], LABELS[200:])
    assert np.array_equal(second.compute(), whole.compute(), equal_nan=True)
    assert second.figure() == whole.figure() or np.isnan(whole.compute())
    assert second.rows == len(LABELS)


def test_a_state_dict_of_another_metric_is_refused():
    metric = metrics.Metric("ece", n_bins=10)
    metric.update(SCORES, LABELS)
    before = metric.compute()
    for other in (metrics.Metric("brier", n_bins=10), metrics.Metric("ece"), metrics.Metric("ece", n_bins=10, logits=True), metrics.Metric("ece", n_bins=10, classes="abcde")):
        with pytest.raises(calibrant.CalibrantError, match="state_dict: got"):
            other.load_state_dict(metric.state_dict())
    damaged = metric.state_dict()
    damaged["state"] = damaged["state"][:-9] + b"x" + damaged["state"][-8:]
    with pytest.raises(calibrant.CalibrantError, match="state_dict: damaged"):
        metric.load_state_dict(damaged)
    assert metric.compute() == before
    metric.load_state_dict(metrics.Metric("ece", n_bins=10).state_dict())
    assert metric.rows == 0


def test_the_bytes_of_a_state_dict_do_not_grow():
    sizes = []
    metric = metrics.Metric("ece")
    for _ in range(1000):
        metric.update(SCORES[:50], LABELS[:50])
        sizes.append(len(metric.state_dict()["state"]))
    assert metric.rows == 50_000
    assert max(sizes[100:]) <= min(sizes[100:]) + 64
    assert max(sizes) < 64_000
