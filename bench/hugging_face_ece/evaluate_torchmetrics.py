"""The metric card as it would be: a metric of `evaluate` whose `_compute` calls torchmetrics on what comes back of its Arrow file."""

import datasets
import evaluate
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

PACKAGE = "evaluate"


class ECE(evaluate.Metric):
    def _info(self):
        features = {"predictions": datasets.Sequence(datasets.Value("float32")), "references": datasets.Value("int64")}
        return evaluate.MetricInfo(description="ECE", citation="", inputs_description="", features=datasets.Features(features))

    def _compute(self, predictions, references, num_classes, n_bins, norm):
        error = multiclass_calibration_error(torch.tensor(predictions), torch.tensor(references), num_classes, n_bins, norm)
        return {"ece": float(error)}


def prepare(probabilities, labels):
    metric = ECE()

    def measure():
        return metric.compute(predictions=probabilities, references=labels, num_classes=probabilities.shape[1], n_bins=15, norm="l1")["ece"]

    return measure
