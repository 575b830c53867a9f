"""torch-uncertainty's ClasswiseCalibrationError."""

import torch
from bare_packages import open_packages

# The packages around the metrics import torchvision, which the metrics do not need.
open_packages("torch_uncertainty", "torch_uncertainty.metrics", "torch_uncertainty.metrics.classification")
from torch_uncertainty.metrics.classification.calibration import ClasswiseCalibrationError

PACKAGE = "torch-uncertainty"


def prepare(probabilities, labels):
    scores, target = torch.from_numpy(probabilities), torch.from_numpy(labels)

    def measure():
        metric = ClasswiseCalibrationError(num_classes=scores.shape[1], num_bins=15)
        metric.update(scores, target)
        return metric.compute()

    return measure
