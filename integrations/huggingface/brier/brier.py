"""Brier score for `evaluate.load`."""

from calibrant import huggingface, metrics

_DESCRIPTION = """
The multi-class Brier score is the mean squared distance between the probabilities and the one-hot label, summed over
the classes: 0 is perfect, 2 the worst. It is a proper score: only the true probabilities minimise it in expectation.
"""

_KWARGS_DESCRIPTION = """
Args:
    predictions: (N, C) probabilities, or (N,) probabilities of class 1 of two.
    references: (N,) class indices.
    logits: predictions are unnormalised log-probabilities.
Returns:
    brier: float in [0, 2].
"""

_CITATION = r"""
@article{brier1950verification, title={Verification of Forecasts Expressed in Terms of Probability},
  author={Brier, Glenn W.}, journal={Monthly Weather Review}, volume={78}, year={1950}}
"""


class Brier(huggingface.ArrayMetric):
    """Brier score by the core of Calibrant."""

    description, citation_text, arguments = _DESCRIPTION, _CITATION, _KWARGS_DESCRIPTION

    def _measure(self, predictions, references, logits=False):
        return {"brier": metrics.brier_score(predictions, references, logits=logits)}
