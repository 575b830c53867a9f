"""probmetrics' BrierLoss."""

import torch
from probmetrics.distributions import CategoricalDirac, CategoricalProbs
from probmetrics.metrics import BrierLoss

PACKAGE = "probmetrics"


def prepare(probabilities, labels):
    scores, target = torch.from_numpy(probabilities), torch.from_numpy(labels)
    return lambda: BrierLoss().compute(CategoricalDirac(target, scores.shape[1]), CategoricalProbs(scores))
