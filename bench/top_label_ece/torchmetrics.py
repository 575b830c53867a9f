"""torchmetrics, the function; its input checks are off, which is its best case."""

import torch
from torchmetrics.functional.classification import multiclass_calibration_error

PACKAGE = "torchmetrics"


def prepare(probabilities, labels):
    scores, target = torch.from_numpy(probabilities), torch.from_numpy(labels)
    classes = scores.shape[1]
    return lambda: multiclass_calibration_error(scores, target, num_classes=classes, n_bins=15, validate_args=False)
