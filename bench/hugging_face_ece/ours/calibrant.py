"""The module of integrations/huggingface/ece, as `evaluate.load` gives it, by torchmetrics' rule."""

from pathlib import Path

import calibrant
import evaluate

VERSION = calibrant.__version__
FOLDER = Path(__file__).resolve().parents[3] / "integrations/huggingface/ece"


def prepare(probabilities, labels):
    metric = evaluate.load(str(FOLDER))

    def measure():
        return metric.compute(predictions=probabilities, references=labels, num_classes=probabilities.shape[1], n_bins=15, norm="l1")["ece"]

    return measure
