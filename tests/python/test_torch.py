"""The drop-in for torchmetrics' calibration errors: its numbers, its grid, its distributed sums, with and without it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch comes with `make test-torch`")
calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
import calibrant.torch as ours  # noqa: E402

NORMS = ["l1", "l2", "max"]


def batch(random, positions, classes, places=(), dtype=torch.float32):
    logits = torch.from_numpy(random.normal(size=(positions, classes, *places)) * 3).to(dtype)
    target = torch.from_numpy(random.integers(0, classes, (positions, *places)))
    return logits, target


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("ignored", [None, 0, -1])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("n_bins", [10, 15, 20])
@pytest.mark.parametrize("places", [(), (5,)])
@pytest.mark.parametrize("as_logits", [False, True])
def test_the_grid_of_torchmetrics_own_tests(as_logits, places, n_bins, norm, ignored, dtype):
    """Classes and functions, binary and multiclass, by batches, against torchmetrics itself."""
    theirs = pytest.importorskip("torchmetrics.classification", reason="torchmetrics is a peer, for development")
    random = np.random.default_rng([n_bins, len(places), NORMS.index(norm)])
    options = {"n_bins": n_bins, "norm": norm, "ignore_index": ignored}
    mode = {"compat": "torchmetrics", "logits": as_logits}
    pairs = [
        (ours.MulticlassCalibrationError(5, **options, **mode), theirs.MulticlassCalibrationError(5, **options), 5),
        (ours.BinaryCalibrationError(**options, **mode), theirs.BinaryCalibrationError(**options), None),
    ]
    for mine, other, classes in pairs:
        for _ in range(3):
            logits, target = batch(random, 40, classes or 2, places, dtype)
            scores = logits if as_logits else logits.softmax(1)
            if classes is None:
                scores = logits[:, 1] if as_logits else scores[:, 1]
            if ignored == -1:
                target[torch.from_numpy(random.random(target.shape) < 0.2)] = -1
            expected_of_batch = other(scores, target)
            assert float(mine(scores, target)) == pytest.approx(float(expected_of_batch), abs=1e-6)
            if classes is None:
                got = ours.binary_calibration_error(scores, target, **options, **mode)
                by_task = ours.calibration_error(scores, target, "binary", **options, **mode)
            else:
                got = ours.multiclass_calibration_error(scores, target, classes, **options, **mode)
                by_task = ours.calibration_error(scores, target, "multiclass", num_classes=classes, **options, **mode)
            assert float(got) == float(by_task) == pytest.approx(float(expected_of_batch), abs=1e-6)
        assert float(mine.compute()) == pytest.approx(float(other.compute()), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.sampled_from(NORMS))
def test_saturated_probabilities(seed, n_bins, norm):
    theirs = pytest.importorskip("torchmetrics.functional.classification")
    random = np.random.default_rng(seed)
    scores = torch.from_numpy((random.random((50, 4)) < 0.4).astype(np.float32))
    scores[scores.sum(1) == 0] = 0.25
    target = torch.from_numpy(random.integers(0, 4, 50))
    got = ours.multiclass_calibration_error(scores, target, 4, n_bins, norm, compat="torchmetrics")
    assert float(got) == pytest.approx(float(theirs.multiclass_calibration_error(scores, target, 4, n_bins, norm)), abs=1e-6)


def test_the_textbook_puts_one_into_the_last_bin():
    scores, target = torch.tensor([1.0, 0.95]), torch.tensor([0, 1])
    assert float(ours.binary_calibration_error(scores, target, 10)) == pytest.approx(0.95 / 2)
    assert float(ours.binary_calibration_error(scores, target, 10, compat="torchmetrics")) == pytest.approx(1.05 / 2)


def test_in_a_collection_with_the_metrics_of_torchmetrics():
    torchmetrics = pytest.importorskip("torchmetrics")
    logits, target = batch(np.random.default_rng(1), 300, 3)
    collection = torchmetrics.MetricCollection(
        {
            "ece": ours.MulticlassCalibrationError(3, compat="torchmetrics"),
            "theirs": torchmetrics.classification.MulticlassCalibrationError(3),
            "accuracy": torchmetrics.classification.MulticlassAccuracy(3),
        }
    )
    for first in range(0, 300, 100):
        collection(logits[first : first + 100].softmax(1), target[first : first + 100])
    values = collection.compute()
    assert float(values["ece"]) == pytest.approx(float(values["theirs"]), abs=1e-6)


def test_a_thousand_updates_keep_the_size_of_the_state():
    metric = ours.MulticlassCalibrationError(10)
    logits, target = batch(np.random.default_rng(2), 64, 10)
    for _ in range(1000):
        metric.update(logits.softmax(1), target)
    assert metric.bins.nbytes == 15 * 4 * 8
    assert int(metric.bins[:, 0].sum()) == 64_000
    one = ours.multiclass_calibration_error(logits.softmax(1), target, 10)
    assert float(metric.compute()) == pytest.approx(float(one), abs=1e-7)
    metric.reset()
    assert torch.isnan(metric.compute())


def test_metrics_merge():
    logits, target = batch(np.random.default_rng(3), 500, 4)
    scores = logits.softmax(1)
    whole, left, right = (ours.MulticlassCalibrationError(4) for _ in range(3))
    whole.update(scores, target)
    left.update(scores[:123], target[:123])
    right.update(scores[123:], target[123:])
    left.merge_state(right)
    sums = [[*m.bins[:, :2].flatten().tolist(), *(high * 2**32 + low for high, low in m.bins[:, 2:].tolist())] for m in (left, whole)]
    assert sums[0] == sums[1]
    assert torch.equal(left.compute(), whole.compute())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_the_rule_on_the_widened_values(dtype):
    logits, target = batch(np.random.default_rng(4), 500, 4)
    scores = logits.softmax(1).to(dtype)
    for task in ({"compat": "torchmetrics"}, {}):
        got = ours.multiclass_calibration_error(scores, target, 4, **task)
        assert torch.equal(got, ours.multiclass_calibration_error(scores.float(), target, 4, **task))


def test_tasks_are_told_apart():
    scores, target = torch.rand(4, 3), torch.tensor([0, 1, 1, 0])
    with pytest.raises(calibrant.CalibrantError, match=r"expected equal shapes for two classes"):
        ours.BinaryCalibrationError()(scores, target)
    with pytest.raises(calibrant.CalibrantError, match=r"take the binary metric"):
        ours.MulticlassCalibrationError(3)(scores[:, 0], target)
    with pytest.raises(calibrant.CalibrantError, match="task"):
        ours.CalibrationError("multilabel")
    with pytest.raises(calibrant.CalibrantError, match="num_classes: got None"):
        ours.CalibrationError("multiclass")
    with pytest.raises(calibrant.CalibrantError, match="n_bins: got 0"):
        ours.CalibrationError("binary", n_bins=0)
    with pytest.raises(calibrant.CalibrantError, match="norm"):
        ours.CalibrationError("binary", norm="l3")
    metric = ours.CalibrationError("multiclass", num_classes=3)
    with pytest.raises(calibrant.CalibrantError, match="logits=True"):
        metric.update(scores * 2 + 1, target)
    assert int(metric.bins.sum()) == 0  # nothing of a refused batch is kept


PROCESS = """
import sys, torch, torch.distributed as dist
if {without}:
    sys.modules["torchmetrics"] = None
import calibrant.torch as ours
rank, store = int(sys.argv[1]), sys.argv[2]
dist.init_process_group("gloo", init_method="file://" + store, rank=rank, world_size=2)
torch.manual_seed(0)
scores, target = torch.randn(1001, 5).softmax(1), torch.randint(0, 5, (1001,))
own = slice(0, 400) if rank == 0 else slice(400, 1001)
metric = ours.MulticlassCalibrationError(5, norm="l2")
for part in (slice(own.start, own.start + 150), slice(own.start + 150, own.stop)):
    metric.update(scores[part], target[part])
value = metric.compute()
assert torch.equal(value, ours.multiclass_calibration_error(scores, target, 5, norm="l2")), value
assert int(metric.bins[:, 0].sum()) == own.stop - own.start  # its own rows again, after the sum
print("processes agree:", float(value))
dist.destroy_process_group()
"""


@pytest.mark.parametrize("without", [False, True], ids=["as installed", "without torchmetrics"])
def test_two_processes_add_up_exactly(tmp_path, without):
    environment = {**os.environ, "GLOO_SOCKET_IFNAME": "lo"}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS.format(without=without), str(rank), str(tmp_path / "store")],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for rank in range(2)
    ]
    results = [process.communicate(timeout=120) for process in running]
    for process, (out, err) in zip(running, results, strict=True):
        assert process.returncode == 0, err
        assert "processes agree" in out


WITHOUT = """
import sys
sys.modules["torchmetrics"] = None
import torch, calibrant.torch as ours
scores, target = torch.tensor([[.8, .2], [.3, .7], [.6, .4]]), torch.tensor([0, 1, 1])
metric = ours.CalibrationError("multiclass", num_classes=2, n_bins=2)
assert float(metric(scores[:2], target[:2])) == float(ours.multiclass_calibration_error(scores[:2], target[:2], 2, 2))
metric.update(scores[2:], target[2:])
whole = ours.multiclass_calibration_error(scores, target, 2, 2)
assert torch.equal(metric.compute(), whole)
other = ours.CalibrationError("multiclass", num_classes=2, n_bins=2)
other.update(scores, target)
metric.merge_state(other)
assert torch.equal(metric.compute(), whole) and int(metric.bins[:, 0].sum()) == 6
metric.reset()
assert torch.isnan(metric.compute())
try:
    metric(scores * 2, target)
except ours.CalibrantError:
    pass
assert int(metric.bins.sum()) == 0
metric.update(scores, target)
assert torch.equal(metric.half().compute(), whole)
print("works")
"""


def test_works_with_torchmetrics_uninstalled():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=120)
    assert done.stdout == "works\n", done.stderr
