"""scikit-learn's brier_score_loss of several classes, as a sum over the classes."""

import numpy as np
from sklearn.metrics import brier_score_loss

PACKAGE = "scikit-learn"


def prepare(probabilities, labels):
    classes = np.arange(probabilities.shape[1])
    return lambda: brier_score_loss(labels, probabilities, labels=classes, scale_by_half=False)
