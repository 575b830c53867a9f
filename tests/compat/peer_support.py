"""What tests and tools of the peer modes share: the live peers as a process, the command, data sets and stored values."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPAT = ROOT / "tests" / "compat"
FIXTURES = COMPAT / "fixtures"
BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
COMMAND = os.path.abspath(os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build" / "release" / "bin" / "calibrant")))

# Scores and labels of the stored values; made by make_data.py but for the golden ones of metrics.md.
DATA_SETS = {
    "golden": (ROOT / "tests/data/golden_probabilities.npy", ROOT / "tests/data/golden_labels.npy"),
    **{name: (COMPAT / f"data/{name}_scores.npy", COMPAT / f"data/{name}_labels.npy") for name in ("ties_float32", "ties_float64", "binary_float64", "saturated_float32")},
}

# What float32 sums inside a package may differ from exact ones; everything else agrees to rounding of float64.
TOLERANCES = {"torchmetrics": 2e-6, "torch_uncertainty": 2e-6, "temperature_scaling": 2e-6}
# On float32 arrays NumPy packages add float32 too.
FLOAT32_TOLERANCE = 2e-6
FLOAT64_TOLERANCE = 1e-12
# A grid of float32 sums, and a width that bisection finds by comparing them.
METRIC_TOLERANCES = {("torch_uncertainty", "smooth_ece"): 2e-5}


def tolerance(peer: str, metric: str, float32: bool) -> float:
    base = TOLERANCES.get(peer, FLOAT32_TOLERANCE if float32 else FLOAT64_TOLERANCE)
    return max(base, METRIC_TOLERANCES.get((peer, metric), 0))


class LivePeers:
    """The peers in .venv-bench, in a process of their own. `ask` returns a number or raises PeerFailure."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [BENCH_PYTHON, COMPAT / "live_peers.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def request(self, **request) -> dict:
        print(json.dumps(request), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the process of the live peers has ended"}

    def ask(self, peer: str, metric: str, scores: Path, labels: Path, bins: int | None) -> float:
        answer = self.request(peer=peer, metric=metric, scores=str(scores), labels=str(labels), bins=bins)
        if "error" in answer:
            raise PeerFailure(answer["error"])
        return answer["value"]

    def version(self, peer: str) -> str:
        answer = self.request(peer=peer, version=True)
        if "error" in answer:
            raise PeerFailure(answer["error"])
        return answer["version"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class PeerFailure(Exception):
    """A peer is not there, or does not take the input."""


def evaluate(scores: Path, labels: Path, peer: str, bins: int | None, kind: str = "--probabilities", *more: str) -> dict:
    command = [COMMAND, "evaluate", str(scores), "--labels", str(labels), kind, "--peer", peer, "--json", "-", *more]
    return json.loads(subprocess.run(command + ([] if bins is None else ["--bins", str(bins)]), check=True, capture_output=True, text=True).stdout)


def catalogue() -> list[dict]:
    """Every peer as the command describes it."""
    return json.loads(subprocess.run([COMMAND, "metrics", "--peers"], check=True, capture_output=True, text=True).stdout)


def known_metrics() -> set[str]:
    listed = subprocess.run([COMMAND, "metrics", "--json"], check=True, capture_output=True, text=True).stdout
    return {entry["name"] for entry in json.loads(listed)}


def stored() -> Iterator[tuple[str, dict]]:
    for path in sorted(FIXTURES.glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))
