"""Cases of the peers' own test suites, put to the command through a thin shim: rows go in by group, one run for many cases.

Numbers are facts of those suites; the cases are written anew. What is left out stands in excluded_cases.md beside this file.
"""

import csv
import json
import math
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from peer_support import COMMAND, FLOAT64_TOLERANCE, evaluate

# The suites compare to seven places; so do we, unless a case says more.
PLACES = 5e-8


class Shim:
    """Collects cases and asks the command about all of them at once: one group each."""

    def __init__(self, folder: Path, peer: str, bins: int | None) -> None:
        self.folder, self.peer, self.bins = folder, peer, bins

    def _run(self, header: list[str], rows: list[list], *options: str) -> dict[str, dict]:
        path = self.folder / "cases.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        command = [COMMAND, "evaluate", str(path), "--peer", self.peer, "--group", "case", "--json", "-", *options]
        done = subprocess.run(command + ([] if self.bins is None else ["--bins", str(self.bins)]), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["groups"]

    def rows(self, cases: dict[str, tuple[Sequence[Sequence[float]], Sequence[int]]], *options: str) -> dict[str, dict]:
        """Results by case of probability rows with labels."""
        classes = len(next(iter(cases.values()))[0][0])
        table = [[name, *map(repr, map(float, row)), label] for name, (rows, labels) in cases.items() for row, label in zip(rows, labels, strict=True)]
        header = ["case", *(f"p_{k}" for k in range(classes)), "label"]
        return self._run(header, table, "--probabilities", "--scores", "p_*", *options)

    def confidences(self, cases: dict[str, tuple[Sequence[float], Sequence[int]]]) -> dict[str, dict]:
        """Results by case of confidences and whether they were right: what the suites call one-dimensional or binary."""
        table = [[name, repr(float(c)), int(hit)] for name, (confidences, hits) in cases.items() for c, hit in zip(confidences, hits, strict=True)]
        return self._run(["case", "confidence", "correct"], table, "--confidence", "confidence", "--correct", "correct")


def value(result: dict, metric: str) -> float:
    return result["metrics"][metric]["value"]


class TestGeneralCalibrationError:
    """uncertainty-metrics, general_calibration_error_test.py; 30 bins are the suite's and the package's default."""

    THREE_CLASSES = [[0.42610548, 0.41748077, 0.15641374], [0.44766216, 0.47721294, 0.0751249], [0.1862702, 0.15139402, 0.66233578],
                     [0.05753544, 0.8561222, 0.08634236], [0.18697925, 0.29836466, 0.51465609]]  # fmt: skip
    POSITIVE = [0.91, 0.32, 0.66, 0.67, 0.57, 0.98, 0.41, 0.19]

    def test_consistency(self, tmp_path: Path) -> None:
        # The suite's third row sums to 1 within 1e-8.
        result = Shim(tmp_path, "gce", None).rows({"a": (self.THREE_CLASSES, [0, 1, 2, 1, 2])})
        assert value(result["a"], "ece") == pytest.approx(0.412713502, abs=PLACES)

    def test_binary(self, tmp_path: Path) -> None:
        rows = [[1 - p, p] for p in self.POSITIVE]
        result = Shim(tmp_path, "gce", None).rows({"a": (rows, [1, 0, 1, 1, 0, 1, 0, 0])})
        assert value(result["a"], "ece") == pytest.approx(0.18125, abs=PLACES)

    def test_correctness(self, tmp_path: Path) -> None:
        # The suite's first row is .31 .32 .27, which sums to .9; this one has the same prediction, and the number below follows it.
        rows = [[0.34, 0.35, 0.31], [0.37, 0.33, 0.30], [0.30, 0.31, 0.39], [0.61, 0.38, 0.01], [0.10, 0.65, 0.25], [0.91, 0.05, 0.04]]
        result = Shim(tmp_path, "gce", 10).rows({"a": (rows, [1, 0, 0, 1, 0, 0])})
        bins = [([0.35, 0.37, 0.39], 2), ([0.61, 0.65], 0), ([0.91], 1)]
        expected = sum(abs(hits - sum(confidences)) for confidences, hits in bins) / 6
        assert value(result["a"], "ece") == pytest.approx(expected, abs=PLACES)

    def test_named_metrics_stay_in_range_with_a_class_of_probability_zero(self, tmp_path: Path) -> None:
        rows = [[*row, 0.0] for row in self.THREE_CLASSES]
        result = Shim(tmp_path, "gce", None).rows({"a": (rows, [0, 1, 2, 1, 2])})
        for metric in ("ece", "adaptive_ece", "rmsce", "classwise_ece", "ace", "tace"):
            assert 0 <= value(result["a"], metric) <= 1, metric


class TestVerifiedCalibration:
    """uncertainty-calibration, util_test.py."""

    SIX_ROWS = [[0.8, 0.1, 0.1], [0.6, 0.2, 0.2], [0.0, 0.9, 0.1], [0.0, 1.0, 0.0], [0.3, 0.3, 0.4], [0.15, 0.0, 0.85]]
    SIX_LABELS = [0, 0, 1, 1, 0, 2]

    def test_ece(self, tmp_path: Path) -> None:
        result = Shim(tmp_path, "verified_calibration", 3).rows({"a": (self.SIX_ROWS, self.SIX_LABELS)})
        assert value(result["a"], "ece") == pytest.approx(4 / 6 * (1 - (0.8 + 0.85 + 0.9 + 1.0) / 4), abs=PLACES)
        result = Shim(tmp_path, "verified_calibration", 2).confidences({"a": ([0.6, 0.7, 0.8, 0.9], [0, 0, 1, 1])})
        assert value(result["a"], "ece") == pytest.approx(0.25, abs=PLACES)

    EQUAL_MASS = {
        1: [([0.1], [1], 0.9), ([0.1], [0], 0.1), ([0.1, 0.7], [0, 1], 0.1), ([0.7, 0.1], [1, 0], 0.1), ([0.1, 0.7, 0.4], [0, 0, 0], 0.4), ([0.1, 0.9], [0, 1], 0.0)],
        2: [([0.1, 0.7], [0, 1], 0.2), ([0.1, 0.1, 0.7], [0, 1, 1], 0.4 * 2 / 3 + 0.3 / 3), ([0.1, 0.1, 0.1, 0.1, 0.7], [0, 1, 0, 0, 1], 0.15 * 4 / 5 + 0.3 / 5),
            ([0.1, 0.7, 0.5, 0.9], [0, 1, 0, 1], 0.25), ([0.6, 0.7, 0.8, 0.9], [0, 0, 1, 1], 0.4), ([0.1, 0.7, 0.5, 0.9], [0, 1, 1, 1], 0.2)],
        4: [([0.1, 0.7, 0.5, 0.9], [0, 1, 0, 1], 0.25), ([0.1, 0.7, 0.5, 0.9], [0, 1, 1, 1], 0.25)],
    }  # fmt: skip

    @pytest.mark.parametrize("bins", EQUAL_MASS)
    def test_equal_mass(self, tmp_path: Path, bins: int) -> None:
        cases = {f"case {i}": case[:2] for i, case in enumerate(self.EQUAL_MASS[bins])}
        results = Shim(tmp_path, "verified_calibration", bins).confidences(cases)
        for i, (_, _, expected) in enumerate(self.EQUAL_MASS[bins]):
            assert value(results[f"case {i}"], "adaptive_ece") == pytest.approx(expected, abs=PLACES), i
            if bins == 1:
                assert value(results[f"case {i}"], "ece") == pytest.approx(expected, abs=PLACES), i

    def test_absent_classes(self, tmp_path: Path) -> None:
        result = Shim(tmp_path, "verified_calibration", None).rows({"a": ([[0.9, 0.1], [0.8, 0.2]], [0, 0])})
        assert value(result["a"], "ece") == pytest.approx(0.15, abs=PLACES)
        results = Shim(tmp_path, "verified_calibration", 1).confidences({"none": ([0.9, 0.1, 0.3], [0, 0, 0]), "all": ([0.9, 0.1, 0.3], [1, 1, 1])})
        assert value(results["none"], "ece") == pytest.approx(1.3 / 3, abs=PLACES)
        assert value(results["all"], "ece") == pytest.approx(1.7 / 3, abs=PLACES)

    def test_two_labels_of_few_values(self, tmp_path: Path) -> None:
        """Few distinct values: one bin each. The suite's rows, twice, so that ties of .5 go to the first class as they do there."""
        five, six = [0.5, 0.5], [0.4, 0.6]
        rows = [five, five, five, six, five, six, six, six, six]
        result = Shim(tmp_path, "verified_calibration", None).rows({"a": (rows, [0, 1, 0, 1, 0, 1, 1, 1, 0])})
        # Of the four rows of .5 three are of class 0; of the five of .6 four are of class 1.
        assert value(result["a"], "rmsce") == pytest.approx(math.sqrt(4 / 9 * 0.25**2 + 5 / 9 * 0.2**2), abs=PLACES)
        assert value(result["a"], "ece_l2_debiased") < value(result["a"], "rmsce")

    def test_three_labels_of_few_values(self, tmp_path: Path) -> None:
        rows = [[0.6, 0.3, 0.1]] * 6 + [[0.1, 0.8, 0.1]] * 4 + [[0.1, 0.0, 0.9]] * 4
        labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2]
        result = Shim(tmp_path, "verified_calibration", None).rows({"a": (rows, labels)})
        expected = math.sqrt(6 / 14 * (5 / 6 - 0.6) ** 2 + 4 / 14 * 0.05**2 + 4 / 14 * 0.1**2)
        assert value(result["a"], "rmsce") == pytest.approx(expected, abs=PLACES)
        assert value(result["a"], "ece_l2_debiased") < expected

    def test_lower_bound_with_equal_mass(self, tmp_path: Path) -> None:
        result = Shim(tmp_path, "verified_calibration", 2).rows({"a": (self.SIX_ROWS, self.SIX_LABELS)})
        expected = math.sqrt(0.5 * (2 / 3 - 0.6) ** 2 + 0.5 * (1 - 2.75 / 3) ** 2)
        assert value(result["a"], "rmsce") == pytest.approx(expected, abs=PLACES)
        assert value(result["a"], "ece_l2_debiased") < expected


class TestScikitLearn:
    """scikit-learn, calibration_curve of test_calibration.py, log_loss and brier_score_loss of test_classification.py."""

    def curve(self, folder: Path, positive: list[float], labels: list[int], bins: int) -> tuple[list[float], list[float]]:
        result = Shim(folder, "sklearn", bins).rows({"a": ([[1 - p, p] for p in positive], labels)})
        full = [bin for bin in result["a"]["reliability"]["top_label"] if bin["count"] > 0]
        return [bin["accuracy"] for bin in full], [bin["confidence"] for bin in full]

    def test_curve(self, tmp_path: Path) -> None:
        truth, predicted = self.curve(tmp_path, [0, 0.1, 0.2, 0.8, 0.9, 1], [0, 0, 0, 1, 1, 1], 2)
        assert truth == pytest.approx([0, 1], abs=FLOAT64_TOLERANCE)
        assert predicted == pytest.approx([0.1, 0.9], abs=FLOAT64_TOLERANCE)

    def test_curve_has_no_empty_bins(self, tmp_path: Path) -> None:
        truth, predicted = self.curve(tmp_path, [0.0, 0.1, 0.2, 0.5, 0.9, 1.0], [0, 0, 0, 0, 1, 1], 5)
        assert len(truth) == len(predicted) == 3

    def test_log_loss_of_two_classes(self, tmp_path: Path) -> None:
        rows = [[0.5, 0.5], [0.1, 0.9], [0.01, 0.99], [0.9, 0.1], [0.75, 0.25], [0.001, 0.999]]
        result = Shim(tmp_path, "sklearn", None).rows({"a": (rows, [0, 0, 0, 1, 1, 1])})
        assert value(result["a"], "log_loss") == pytest.approx(1.8817970689982668, abs=PLACES)

    def test_log_loss_of_three_classes(self, tmp_path: Path) -> None:
        rows = [[0.2, 0.7, 0.1], [0.6, 0.2, 0.2], [0.6, 0.1, 0.3]]
        result = Shim(tmp_path, "sklearn", None).rows({"a": (rows, [1, 0, 2])})
        assert value(result["a"], "log_loss") == pytest.approx(0.69049112401021973, abs=PLACES)

    @pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
    def test_log_loss_clips_by_the_type(self, tmp_path: Path, dtype: type) -> None:
        np.save(tmp_path / "p.npy", np.array([[1, 0], [0, 1]], dtype))
        np.save(tmp_path / "y.npy", np.array([1, 1]))
        result = evaluate(tmp_path / "p.npy", tmp_path / "y.npy", "sklearn", None)
        epsilon = float(np.finfo(dtype).eps)
        assert value(result, "log_loss") == pytest.approx((-math.log(epsilon) - math.log1p(-epsilon)) / 2, rel=1e-12)

    def test_brier_score(self, tmp_path: Path) -> None:
        two = [[0.2, 0.8], [0.6, 0.4], [0.7, 0.3], [0.1, 0.9]]
        result = Shim(tmp_path, "sklearn", None).rows({"a": (two, [1, 1, 0, 0])})
        assert value(result["a"], "brier") == pytest.approx(np.mean([0.2**2, 0.6**2, 0.3**2, 0.9**2]), abs=PLACES), "half the sum over classes"
        perfect = np.eye(3).tolist()
        worst = np.roll(np.eye(3), 1, axis=1).tolist()
        uniform = [[1 / 3] * 3] * 3
        results = Shim(tmp_path, "sklearn", None).rows({"perfect": (perfect, [0, 1, 2]), "worst": (worst, [0, 1, 2]), "uniform": (uniform, [0, 1, 2])})
        assert value(results["perfect"], "brier") == 0
        assert value(results["worst"], "brier") == 2
        assert value(results["uniform"], "brier") == pytest.approx(2 / 3, abs=PLACES)


class TestTorchmetrics:
    """torchmetrics, test_calibration_error.py: norms x bins x types beside a plain definition, and the examples of its documentation."""

    HAND = [[0.25, 0.20, 0.55], [0.55, 0.05, 0.40], [0.10, 0.30, 0.60], [0.90, 0.05, 0.05]]

    def test_example_of_the_documentation(self, tmp_path: Path) -> None:
        result = Shim(tmp_path, "torchmetrics", 3).rows({"a": (self.HAND, [0, 1, 2, 0])})
        assert value(result["a"], "ece") == pytest.approx(0.2, abs=PLACES)
        assert value(result["a"], "rmsce") == pytest.approx(0.2081666, abs=PLACES)
        assert value(result["a"], "mce") == pytest.approx(0.2333333, abs=PLACES)

    @staticmethod
    def definition(p: np.ndarray, y: np.ndarray, bins: int) -> dict[str, float]:
        """Slots of float32 edges, which float32 of j/n are for these n, and one for 1; float64 sums."""
        c = p.max(axis=1).astype(np.float32)
        hit = (p.argmax(axis=1) == y).astype(float)
        edges = (np.arange(bins + 1) / bins).astype(np.float32)
        slots = np.searchsorted(edges, c, side="right") - 1
        rows = np.bincount(slots, minlength=bins + 1)
        gaps = np.abs(np.bincount(slots, c.astype(float) - hit, minlength=bins + 1)) / np.maximum(rows, 1)
        share = rows / len(c)
        return {"ece": (share * gaps).sum(), "rmsce": math.sqrt((share * gaps**2).sum()), "mce": gaps.max()}

    @pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
    @pytest.mark.parametrize("bins", [10, 15, 20])
    def test_grid(self, tmp_path: Path, dtype: type, bins: int) -> None:
        random = np.random.default_rng(42)
        z = random.normal(size=(1000, 5)) * 3
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[:40] = np.eye(5)[random.integers(0, 5, 40)]
        p = p.astype(dtype)
        y = random.integers(0, 5, size=1000)
        np.save(tmp_path / "p.npy", p)
        np.save(tmp_path / "y.npy", y)
        result = evaluate(tmp_path / "p.npy", tmp_path / "y.npy", "torchmetrics", bins)
        for metric, expected in self.definition(p, y, bins).items():
            assert value(result, metric) == pytest.approx(expected, abs=FLOAT64_TOLERANCE), metric

    def test_rows_of_one_stand_alone(self, tmp_path: Path) -> None:
        """p = .95 and 1 with hits 1 and 0 in 10 bins (metrics.md 6.1)."""
        expected = {"torchmetrics": 0.525, "relplot": 0.525, "gce": 0.525, "netcal": 0.475, "verified_calibration": 0.475, "pycalib": 0.475}
        for peer, ece in expected.items():
            result = Shim(tmp_path, peer, 10).confidences({"a": ([0.95, 1.0], [1, 0])})
            assert value(result["a"], "ece") == pytest.approx(ece, abs=1e-7), peer

    def test_a_number_on_an_edge(self, tmp_path: Path) -> None:
        """p = .5, .9, .2 with hits 1, 1, 0 in 2 bins (metrics.md 6.1)."""
        expected = {"torchmetrics": 0.8 / 3, "netcal": 0.8 / 3, "relplot": 0.8 / 3, "verified_calibration": 0.4 / 3, "pycalib": 0.4 / 3}
        for peer, ece in expected.items():
            result = Shim(tmp_path, peer, 2).confidences({"a": ([0.5, 0.9, 0.2], [1, 1, 0])})
            assert value(result["a"], "ece") == pytest.approx(ece, abs=1e-7), peer
