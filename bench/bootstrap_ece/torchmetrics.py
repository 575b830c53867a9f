"""torchmetrics' BootStrapper around its calibration error: 1,000 replicates of the rows, their standard deviation."""

import torch
from torchmetrics.classification import MulticlassCalibrationError
from torchmetrics.wrappers import BootStrapper

PACKAGE = "torchmetrics"
REPLICATES = 1000


def prepare(probabilities, labels):
    scores, target = torch.from_numpy(probabilities), torch.from_numpy(labels)
    classes = scores.shape[1]

    def measure():
        metric = MulticlassCalibrationError(num_classes=classes, n_bins=15, validate_args=False)
        replicates = BootStrapper(metric, num_bootstraps=REPLICATES)
        replicates.update(scores, target)
        return replicates.compute()["std"]

    return measure
