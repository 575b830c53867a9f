"""What the command says when --peer does not go with the rest of the line."""

import json
import subprocess
from pathlib import Path

import pytest
from peer_support import COMMAND, DATA_SETS, evaluate

SCORES, LABELS = DATA_SETS["golden"]


def refusal(*options: str, status: int = 2) -> str:
    done = subprocess.run([COMMAND, "evaluate", *map(str, options)], capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    assert done.stdout == "" and done.stderr.count("\n") == 1
    return done.stderr


def with_golden(*options: str, status: int = 2) -> str:
    return refusal(SCORES, "--labels", LABELS, "--probabilities", *options, status=status)


def test_unknown_peer() -> None:
    text = with_golden("--peer", "torchmetric")
    assert 'got "torchmetric"' in text and "did you mean torchmetrics?" in text


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--weight", "w"), "--weight"),
        (("--log-floor", "1e-15"), "--log-floor"),
        (("--state", "s.cstate"), "--state"),
        (("--soft-labels", "q_*"), "--soft-labels"),
    ],
)
def test_options_that_no_peer_has(options: tuple[str, str], word: str) -> None:
    text = with_golden("--peer", "netcal", *options)
    assert word in text and "--peer" in text


def test_a_state_has_no_peer() -> None:
    assert "--peer" in refusal("--from-state", "s.cstate", "--peer", "netcal")


def test_bins_that_the_peer_cannot_have() -> None:
    assert "expected at least 2" in with_golden("--peer", "kull", "--bins", "1")


def test_groups_and_chosen_metrics(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("p_a,p_b,label,g\n0.9,0.1,a,x\n0.2,0.8,a,x\n0.6,0.4,b,y\n", encoding="utf-8")
    command = [COMMAND, "evaluate", table, "--probabilities", "--scores", "p_*", "--group", "g", "--peer", "torchmetrics", "--metrics", "ece,brier", "--json", "-"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert list(result["metrics"]) == ["ece", "brier"]
    assert result["groups"]["y"]["metrics"]["ece"]["value"] == pytest.approx(0.6, abs=1e-7)
    assert result["groups"]["x"]["metrics"]["brier"]["reason"] == "torchmetrics has no such metric"


def test_the_panel_says_whose_numbers_these_are() -> None:
    shown = subprocess.run([COMMAND, "evaluate", SCORES, "--labels", LABELS, "--probabilities", "--peer", "relplot"], check=True, capture_output=True, text=True)
    assert "those of relplot 1.0.3" in " ".join(shown.stdout.split())


def test_the_default_is_no_peer() -> None:
    done = subprocess.run([COMMAND, "evaluate", SCORES, "--labels", LABELS, "--probabilities", "--json", "-"], check=True, capture_output=True, text=True)
    assert '"peer": null' in done.stdout
    assert evaluate(SCORES, LABELS, "kull", None)["warnings"][0]["code"] == "peer_mode"
