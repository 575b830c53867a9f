"""uncertainty-calibration (module `calibration`): its own bootstrap, 100 replicates, of get_ece over all classes."""

import calibration
import numpy as np
from calibration.utils import bootstrap_std

PACKAGE = "uncertainty-calibration"
REPLICATES = 100


def prepare(probabilities, labels):
    rows = list(zip(probabilities, labels))

    def error(drawn):
        scores, target = zip(*drawn)
        return calibration.get_ece(np.array(scores), np.array(target), num_bins=15, mode="marginal")

    return lambda: bootstrap_std(rows, error, num_samples=REPLICATES)
