"""torchmetrics, the metric object: update, then compute; with its input checks, as users have it."""

import torch
from torchmetrics.classification import MulticlassCalibrationError

PACKAGE = "torchmetrics"


def prepare(probabilities, labels):
    scores, target = torch.from_numpy(probabilities), torch.from_numpy(labels)

    def measure():
        metric = MulticlassCalibrationError(num_classes=scores.shape[1], n_bins=15)
        metric.update(scores, target)
        return metric.compute()

    return measure
