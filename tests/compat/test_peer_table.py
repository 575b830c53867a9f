"""docs/peers.md and its numbers are current."""

import json
import subprocess
import sys

import pytest
from peer_support import COMMAND, COMPAT, ROOT, evaluate

sys.path.insert(0, str(ROOT / "tools"))
from peer_table import data_sets  # noqa: E402

# An unstable sort decides in which order tied rows go; the golden data have no ties.
ORDER_OF_TIES = {("torch_uncertainty", "aurc"), ("torch_uncertainty", "augrc"), ("torch_uncertainty", "adaptive_ece")}
STORED = json.loads((COMPAT / "peer_table.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("data", ["golden", "kull", "cifar100"])
def test_our_column(data: str) -> None:
    with data_sets() as sets:
        if data not in sets:
            pytest.skip("the predictions are not there: no shared/data beside the repository")
        rows = [row for row in STORED["rows"] if row["data"] == data]
        assert len(rows) > 40
        results = {peer: evaluate(*sets[data], peer, None)["metrics"] for peer in {row["peer"] for row in rows}}
        for row in rows:
            assert results[row["peer"]][row["metric"]]["value"] == pytest.approx(row["ours"], rel=1e-12), row


def test_differences_are_within_what_the_page_says() -> None:
    for row in STORED["rows"]:
        if "theirs" in row and row["ours"] is not None:
            if (row["peer"], row["metric"]) in ORDER_OF_TIES and row["data"] != "golden":
                continue
            torch = row["peer"] in ("torchmetrics", "torch_uncertainty", "temperature_scaling")
            sums_of_float32 = 2e-6 if row["data"] == "golden" else 5e-6
            smooth = (row["peer"], row["metric"]) == ("torch_uncertainty", "smooth_ece")
            allowed = 2e-5 if smooth else sums_of_float32 if torch or row["data"] == "cifar100" else 1e-12
            assert abs(row["ours"] - row["theirs"]) <= allowed, row


def test_page_is_current() -> None:
    check = subprocess.run([sys.executable, ROOT / "tools" / "peer_table.py", COMMAND, "--check"], capture_output=True, text=True)
    assert check.returncode == 0, check.stderr
