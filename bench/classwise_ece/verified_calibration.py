"""uncertainty-calibration (module `calibration`): get_ece over all classes, which bins by equal width."""

import calibration

PACKAGE = "uncertainty-calibration"


def prepare(probabilities, labels):
    return lambda: calibration.get_ece(probabilities, labels, num_bins=15, mode="marginal")
