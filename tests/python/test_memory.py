"""What a pass and a loop cost in memory, each measured in a process of its own."""

import subprocess
import sys

import pytest

pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

MEASURE = """
import sys
from pathlib import Path
import numpy as np
import calibrant
from calibrant.torchmetrics_rule import calibration_error

def status(field):
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith(field))
    return int(line.split()[1]) * 1024

def added_peak(work):
    work()  # what is allocated once
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmHWM")
    work()
    return status("VmHWM") - before

def probabilities(rows, classes, dtype):
    scores = np.full((rows, classes), 0.5 / (classes - 1), dtype)
    scores[np.arange(rows), np.arange(rows) % classes] = 0.5
    return scores
"""

LAYOUTS = {
    "float16": "probabilities(400_000, 64, np.float16)",
    "rows apart": "np.repeat(probabilities(100_000, 64, np.float32), 2, axis=0)[::2]",
    "rows backwards": "probabilities(200_000, 64, np.float32)[::-1]",
    "read-only": "np.frombuffer(probabilities(200_000, 64, np.float32).tobytes(), np.float32).reshape(-1, 64)",
    "tensor": "__import__('torch').from_numpy(probabilities(200_000, 64, np.float32))",
}
SIZE = 25_000_000  # at least so many bytes are the scores of a layout


def run(code):
    done = subprocess.run([sys.executable, "-c", MEASURE + code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return [int(word) for word in done.stdout.split()]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_scores_are_read_where_they_lie(layout):
    if layout == "tensor":
        pytest.importorskip("torch")
    evaluated, binned, size = run(f"""
scores = {LAYOUTS[layout]}
labels = np.zeros(len(scores), np.int64)
print(added_peak(lambda: calibrant.evaluate(scores, labels, metrics=["ece", "brier", "classwise_ece"])))
print(added_peak(lambda: calibration_error(scores, labels)))
print(scores.nbytes)
""")
    assert size >= SIZE
    assert evaluated < 0.2 * size
    assert binned < 0.2 * size


def test_samples_of_many_places_are_read_where_they_lie():
    """(N, C, places), as of images: a block at a time is turned, never the whole."""
    added, size = run("""
scores = np.ascontiguousarray(np.moveaxis(probabilities(640_000, 16, np.float32).reshape(10, 64_000, 16), 2, 1))
labels = np.zeros((10, 64_000), np.int64)
print(added_peak(lambda: calibration_error(scores, labels)), scores.nbytes)
""")
    assert added < 0.05 * size


@pytest.mark.parametrize("kind", ["table", "parquet"])
def test_tables_and_files_stream(kind, tmp_path):
    """A table in memory is read where it lies, a file batch by batch."""
    pytest.importorskip("pyarrow")
    added, size = run(f"""
import pyarrow, pyarrow.parquet
scores = probabilities(400_000, 32, np.float32)
table = pyarrow.table({{**{{f"p_{{k}}": np.ascontiguousarray(scores[:, k]) for k in range(32)}}, "label": np.zeros(len(scores), np.int64)}})
source = table
if {kind!r} == "parquet":
    source = {str(tmp_path / "scores.parquet")!r}
    pyarrow.parquet.write_table(table, source, row_group_size=20_000)
    del table
print(added_peak(lambda: calibrant.evaluate_table(source, scores="p_*", metrics=["ece", "brier"])), scores.nbytes)
""")
    assert added < 0.5 * size


# With threads of their own, calls leave a few megabytes of stacks and arenas behind, now and then; a state kept per update
# would be 1 GB, labels 40 MB. Without them 2 KB per update would show.
@pytest.mark.parametrize(("metric", "threads", "bound"), [("ece", 1, 2_000_000), ("classwise_ece", 0, 12_000_000)])
def test_a_thousand_updates_do_not_grow_the_process(metric, threads, bound):
    (grown,) = run(f"""
scores, labels = probabilities(10_000, 1000, np.float32), np.arange(10_000) % 1000
metric = calibrant.metrics.Metric("{metric}", threads={threads})
for _ in range(20):
    metric.update(scores, labels)
before = status("VmRSS")
for _ in range(1000):
    metric.update(scores, labels)
assert metric.rows == 10_200_000
print(status("VmRSS") - before)
""")
    assert grown < bound
