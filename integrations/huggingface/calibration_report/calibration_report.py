"""Calibration report for `evaluate.load`."""

import calibrant
from calibrant import huggingface

_DESCRIPTION = """
The whole panel of Calibrant: accuracy, calibration errors of the top label and of every class, proper scores and selective
risk, each with its interval, the value that a calibrated model would score, and a p-value.
"""

_KWARGS_DESCRIPTION = """
Args:
    predictions: (N, C) probabilities, or (N,) probabilities of class 1 of two.
    references: (N,) class indices.
    n_bins: bins of equal width, 15 without it.
    logits: predictions are unnormalised log-probabilities.
Returns:
    headline: one sentence.
    metrics: by name a dict with value, interval, expected_if_calibrated, p_value, method.
"""

_CITATION = r"""
@misc{calibrant, title={Calibrant: trustworthy probabilities of multi-class classifiers}}
"""


class CalibrationReport(huggingface.ArrayMetric):
    """Calibration report by the core of Calibrant."""

    description, citation_text, arguments = _DESCRIPTION, _CITATION, _KWARGS_DESCRIPTION

    def _measure(self, predictions, references, n_bins=15, logits=False):
        evaluation = calibrant.evaluate(predictions, references, bins=n_bins, logits=logits, per_class=False)
        return {"headline": evaluation.headline, "metrics": evaluation.to_dict()["metrics"]}
