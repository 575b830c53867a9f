"""calibrant.torch, the metric object: update, then compute; its checks are part of the pass."""

import calibrant
import torch
from calibrant.torch import MulticlassCalibrationError

VERSION = calibrant.__version__


def prepare(probabilities, labels):
    scores, target = torch.from_numpy(probabilities), torch.from_numpy(labels)

    def measure():
        metric = MulticlassCalibrationError(num_classes=scores.shape[1], n_bins=15, compat="torchmetrics")
        metric.update(scores, target)
        return metric.compute()

    return measure
