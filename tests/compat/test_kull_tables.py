"""Published tables that a peer mode must reproduce to all printed digits. The predictions live beside the repository; skipped where they are absent."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from peer_support import COMMAND, ROOT, evaluate

DATA = ROOT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real predictions are not there: no shared/data beside the repository")

KULL = DATA / "kull_densenet40_c10"


def value(result: dict, metric: str) -> float:
    return result["metrics"][metric]["value"]


class TestKull:
    """DenseNet-40 on CIFAR-10, 10,000 test rows (Kull et al. 2019, metrics.md section 8)."""

    # metric, uncalibrated, after temperature 2.88256; published digits, then one more that was reproduced independently.
    TABLE = [
        ("ece", 0.055003, 0.009464, 0.0550027, 0.0094632),
        ("mce", 0.333955, 0.099293, 0.3339552, 0.0992919),
        ("log_loss", 0.428207, 0.225086, 0.4282071, 0.2250859),
        ("brier", 0.012738, 0.010998, 0.0127379, 0.0109975),
        ("classwise_ece_sum", 0.114303, 0.039768, 0.1143029, 0.0397679),
    ]

    @pytest.mark.parametrize(("metric", "published", "_", "reproduced", "__"), TABLE, ids=[row[0] for row in TABLE])
    def test_uncalibrated(self, metric: str, published: float, _, reproduced: float, __) -> None:
        result = evaluate(KULL / "test_logits.npy", KULL / "test_labels.npy", "kull", None, "--logits")
        assert value(result, metric) == pytest.approx(published, rel=0, abs=6e-7)
        assert value(result, metric) == pytest.approx(reproduced, rel=0, abs=6e-8)
        assert value(result, "accuracy") == pytest.approx(1 - 0.0758, rel=0, abs=1e-12)

    @pytest.mark.parametrize(("metric", "_", "published", "__", "reproduced"), TABLE, ids=[row[0] for row in TABLE])
    def test_temperature(self, metric: str, _, published: float, __, reproduced: float, tmp_path: Path) -> None:
        np.save(tmp_path / "z.npy", np.load(KULL / "test_logits.npy").astype(np.float64) / 2.88256)
        result = evaluate(tmp_path / "z.npy", KULL / "test_labels.npy", "kull", None, "--logits")
        # The temperature is known to 5e-6, which moves a mean confidence by about 1.5e-7 and the largest gap by more.
        assert value(result, metric) == pytest.approx(published, rel=0, abs=2e-6)
        assert value(result, metric) == pytest.approx(reproduced, rel=0, abs=2e-7)

    def test_classwise_mean_is_the_sum_over_classes(self) -> None:
        result = evaluate(KULL / "test_logits.npy", KULL / "test_labels.npy", "kull", None, "--logits")
        assert value(result, "classwise_ece") == pytest.approx(value(result, "classwise_ece_sum") / 10, rel=1e-15)


class TestHollance:
    """DenseNet-161 on ImageNet, 50,000 confidences: 5.64 % with 10 bins in the source's figure."""

    def test_printed_percentage(self, tmp_path: Path) -> None:
        folder = DATA / "hollance_toplabel"
        confidences, predicted, labels = (np.load(folder / f"ImageNet_torchvision__densenet161_{part}.npy") for part in ("conf", "pred", "labels"))
        rows = [f"{c!r},{int(hit)}" for c, hit in zip(confidences.tolist(), predicted == labels, strict=True)]
        (tmp_path / "rows.csv").write_text("\n".join(["confidence,correct", *rows, ""]), encoding="utf-8")
        command = [COMMAND, "evaluate", tmp_path / "rows.csv", "--confidence", "confidence", "--correct", "correct", "--peer", "reliability_diagrams", "--json", "-"]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        assert result["options"]["bins"] == 10
        assert round(100 * value(result, "ece"), 2) == 5.64
        assert result["metrics"]["log_loss"]["value"] is None
