"""The folders under integrations/huggingface are complete Spaces, and load without a network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
pytest.importorskip("evaluate", reason="evaluate comes with tools/requirements-dev.txt")

FOLDER = Path(__file__).resolve().parents[2] / "integrations/huggingface"
NAMES = ["brier", "calibration_report", "classwise_ece", "ece", "nll"]
# What Hugging Face allows as colours of a card.
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}

OFFLINE = """
import socket, sys
def refuse(*ignored, **more): raise AssertionError(f"a connection was asked for: {ignored}")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import evaluate
metric = evaluate.load(sys.argv[1])
print(sorted(metric.compute(predictions=[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], references=[0, 2])))
together = evaluate.combine([evaluate.load(path) for path in sys.argv[1:]])
together.add_batch(predictions=[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], references=[0, 2])
print(len(together.compute()))
"""


def test_every_folder_is_known():
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_card_is_that_of_a_space(name):
    folder = FOLDER / name
    front, _, text = (folder / "README.md").read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    values = dict(line.split(": ", 1) for line in front.splitlines() if ": " in line)
    assert values["sdk"] == "gradio" and (folder / values["app_file"]).is_file()
    assert values["title"] and values["emoji"] and values["description"]
    assert {values["colorFrom"], values["colorTo"]} <= COLOURS
    assert "tags:\n  - evaluate\n  - metric" in front
    assert text.lstrip().startswith("# Metric card")
    assert {"calibrant[app]", "evaluate>=0.4.6"} <= set((folder / "requirements.txt").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_without_a_network(name, tmp_path):
    others = [str(FOLDER / other) for other in NAMES if other not in (name, "calibration_report")]
    environment = {**os.environ, "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", OFFLINE, str(FOLDER / name), *others], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
