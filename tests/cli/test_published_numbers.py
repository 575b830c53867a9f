"""Real predictions with published or independently computed numbers. They live beside the repository and are skipped where they are absent."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
COMMAND = os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build" / "release" / "bin" / "calibrant"))

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real predictions are not there: no folder {DATA.name} beside the repository")


def evaluate(scores: Path, labels: Path, *options: str) -> dict:
    command = [COMMAND, "evaluate", str(scores), "--labels", str(labels), "--json", "-", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def value(result: dict, metric: str) -> float:
    return result["metrics"][metric]["value"]


class TestKull:
    """DenseNet-40 on CIFAR-10 (Kull et al. 2019), 10,000 test logits; published numbers to all printed digits."""

    FILES = DATA / "kull_densenet40_c10" / "test_logits.npy", DATA / "kull_densenet40_c10" / "test_labels.npy"

    @pytest.fixture(scope="class")
    def result(self) -> dict:
        return evaluate(*self.FILES, "--logits")

    @pytest.mark.parametrize(
        ("metric", "published", "half_digit"),
        [
            ("accuracy", 1 - 0.0758, 5e-13),
            ("ece", 0.0550027, 5e-8),
            ("mce", 0.333955, 5e-7),
            ("log_loss", 0.4300589, 5e-8),
            ("brier", 0.127379, 5e-7),
            ("classwise_ece_sum", 0.1140310, 5e-8),
        ],
    )
    def test_printed_digits(self, result: dict, metric: str, published: float, half_digit: float) -> None:
        assert value(result, metric) == pytest.approx(published, rel=0, abs=half_digit)

    def test_floored_log_loss(self) -> None:
        result = evaluate(*self.FILES, "--logits", "--log-floor", "1e-15")
        assert value(result, "log_loss") == pytest.approx(0.428207, rel=0, abs=5e-7)

    def test_headline(self, result: dict) -> None:
        assert result["headline"] == "over-confident: says 97.9 %, is right 92.4 %"


# folder, prefix, kind, accuracy %, ECE (15 bins) %, NLL with p floored at 1e-300, Brier summed over classes, mean confidence: from the README of
# each data set, whose bins are (lo, hi]; a random forest's votes fall on bin edges, where that differs from [lo, hi), so its ECE is left out.
SETS = [
    ("eurosat", "rgb_test", "logits", 93.688, 0.989, 0.19, 0.095, 0.9427),
    ("eurosat", "ms_test", "logits", 89.88, 1.586, 0.3063, 0.1494, 0.9141),
    ("kull_densenet40_c10", "val", "logits", 93.82, 4.356, 0.3313, 0.1036, 0.9818),
    ("cassava_oof", "oof", "probs", 90.499, 4.948, 0.378, 0.1613, 0.8555),
    ("imagenet16h_noise110", "vgg19", "probs", 84.667, 3.084, 0.4825, 0.2182, 0.8622),
    ("netcal_cifar", "densenet-bc-100-cifar-100", "probs", 75.41, 14.215, 1.2256, 0.3845, 0.8963),
    ("netcal_cifar", "wideresnet-16-4-cifar-100", "probs", 75.43, 5.806, 0.9564, 0.3501, 0.8022),
    ("own_uci_oof", "segment_gnb", "probs", 79.524, 18.003, 3.0644, 0.375, 0.9753),
    ("own_uci_oof", "waveform5000_logreg", "probs", 86.64, 1.379, 0.3086, 0.1907, 0.8785),
    ("own_uci_oof", "optdigits_rf200", "probs", 98.114, None, 0.2163, 0.0763, 0.8362),
    ("own_uci_oof", "optdigits_mlp100", "probs", 98.363, 0.503, 0.0533, 0.024, 0.9879),
    ("own_uci_oof", "page_blocks_gnb", "probs", 87.74, 8.988, 3.9316, 0.2161, 0.9673),
    ("own_gas_drift_stream", "rf200", "probs", 57.728, None, 10.1993, 0.5072, 0.6725),
    ("own_gas_drift_stream", "logreg", "probs", 75.02, 10.958, 1.6108, 0.3437, 0.851),
]


@pytest.mark.parametrize(("folder", "prefix", "kind", "accuracy", "ece", "nll", "brier", "confidence"), SETS, ids=[f"{s[0]}/{s[1]}" for s in SETS])
def test_readme_numbers(folder, prefix, kind, accuracy, ece, nll, brier, confidence) -> None:
    base = DATA / folder
    scores = base / f"{prefix}_{kind}.npy"
    declared = "--logits" if kind == "logits" else "--probabilities"
    result = evaluate(scores, base / f"{prefix}_labels.npy", declared, "--log-floor", "1e-300")
    assert 100 * value(result, "accuracy") == pytest.approx(accuracy, abs=5.01e-4)
    if ece is not None:
        assert 100 * value(result, "ece") == pytest.approx(ece, abs=5.01e-4)
    assert value(result, "log_loss") == pytest.approx(nll, abs=5.01e-5)
    assert value(result, "brier") == pytest.approx(brier, abs=5.01e-5)
    assert value(result, "mean_confidence") == pytest.approx(confidence, abs=5.01e-5)


# set, error rate, AURC in stable order, its E-AURC, AURC by trapezoid, AURC with ties in every order, AUGRC; all x 1000. By the definitions in float64;
# the trapezoid and AUGRC of densenet161 also by fd-shifts.
SELECTIVE = [
    ("densenet161", 228.6, 66.7776, 38.3880, 66.7098, 66.7120, 50.2207),
    ("densenet-bc-100-cifar-100", 245.9, 70.8818, 37.8117, 70.8714, 70.8838, 55.6348),
    ("wideresnet-16-4-cifar-100", 245.7, 72.2285, 39.2148, 72.2154, 72.2277, 55.7565),
]


@pytest.mark.parametrize(("name", "error", "stable", "stable_excess", "trapezoid", "tie_exact", "generalized"), SELECTIVE, ids=[s[0] for s in SELECTIVE])
def test_selective_metrics(tmp_path, name, error, stable, stable_excess, trapezoid, tie_exact, generalized) -> None:
    metrics = ("--metrics", "error_rate,aurc,e_aurc,aurc_trapezoid,augrc")
    if name == "densenet161":
        conf, label, prediction = (np.load(DATA / "hollance_toplabel" / f"ImageNet_torchvision__densenet161_{part}.npy") for part in ("conf", "labels", "pred"))
        table = tmp_path / "densenet161.csv"
        table.write_text("confidence,correct\n" + "".join(f"{float(c)!r},{int(y == p)}\n" for c, y, p in zip(conf, label, prediction)))
        command = [COMMAND, "evaluate", str(table), "--confidence", "confidence", "--correct", "correct", "--json", "-", *metrics]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    else:
        base = DATA / "netcal_cifar"
        result = evaluate(base / f"{name}_probs.npy", base / f"{name}_labels.npy", "--probabilities", *metrics)
    assert 1000 * value(result, "error_rate") == pytest.approx(error, abs=0.0500001)
    for metric, expected in (("aurc", tie_exact), ("aurc_trapezoid", trapezoid), ("augrc", generalized)):
        assert 1000 * value(result, metric) == pytest.approx(expected, abs=5.01e-5), metric
    # What the best order of these errors has does not depend on ties.
    assert 1000 * (value(result, "aurc") - value(result, "e_aurc")) == pytest.approx(stable - stable_excess, abs=1.01e-4)
