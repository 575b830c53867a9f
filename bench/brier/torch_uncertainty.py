"""torch-uncertainty's BrierScore."""

import torch
from bare_packages import open_packages

# The packages around the metrics import torchvision, which the metrics do not need.
open_packages("torch_uncertainty", "torch_uncertainty.metrics", "torch_uncertainty.metrics.classification")
from torch_uncertainty.metrics.classification.brier_score import BrierScore

PACKAGE = "torch-uncertainty"


def prepare(probabilities, labels):
    scores, target = torch.from_numpy(probabilities), torch.from_numpy(labels)

    def measure():
        metric = BrierScore(num_classes=scores.shape[1])
        metric.update(scores, target)
        return metric.compute()

    return measure
