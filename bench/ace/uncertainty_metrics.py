"""uncertainty-metrics' adaptive class-conditional error."""

import importlib

from bare_packages import open_packages

open_packages("uncertainty_metrics", "uncertainty_metrics.numpy")
# A function of that name hides the module.
package = importlib.import_module("uncertainty_metrics.numpy.general_calibration_error")

PACKAGE = "uncertainty-metrics"


def prepare(probabilities, labels):
    return lambda: package.gce(
        labels, probabilities, binning_scheme="adaptive", max_prob=False, class_conditional=True, norm="l1", num_bins=15, threshold=0.0
    )
