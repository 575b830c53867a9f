"""Negative log-likelihood for `evaluate.load`."""

from calibrant import huggingface, metrics

_DESCRIPTION = """
The negative log-likelihood (log loss, cross-entropy) is the mean of -ln p over the probabilities p of the true classes, in
nats: 0 is perfect. It is a proper score.
"""

_KWARGS_DESCRIPTION = """
Args:
    predictions: (N, C) probabilities, or (N,) probabilities of class 1 of two.
    references: (N,) class indices.
    logits: predictions are unnormalised log-probabilities.
    log_floor: probabilities below it are set to it; without it a label of probability 0 costs infinity.
Returns:
    nll: float >= 0, in nats.
"""

_CITATION = r"""
@article{good1952rational, title={Rational Decisions}, author={Good, I. J.},
  journal={Journal of the Royal Statistical Society B}, volume={14}, year={1952}}
"""


class NLL(huggingface.ArrayMetric):
    """Negative log-likelihood by the core of Calibrant."""

    description, citation_text, arguments = _DESCRIPTION, _CITATION, _KWARGS_DESCRIPTION

    def _measure(self, predictions, references, logits=False, log_floor=None):
        return {"nll": metrics.log_loss(predictions, references, logits=logits, log_floor=log_floor)}
