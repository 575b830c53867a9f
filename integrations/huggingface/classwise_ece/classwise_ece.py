"""Class-wise ECE for `evaluate.load`."""

from calibrant import huggingface, metrics

_DESCRIPTION = """
The class-wise expected calibration error asks of every class, not only of the predicted one, how far its probabilities
are from its frequency: the ECE of each class over all rows, averaged over the classes.
"""

_KWARGS_DESCRIPTION = """
Args:
    predictions: (N, C) probabilities, or (N,) probabilities of class 1 of two.
    references: (N,) class indices.
    n_bins: bins of equal width, 15 without it.
    average: "mean" or "sum" over the classes.
    logits: predictions are unnormalised log-probabilities.
Returns:
    classwise_ece: float; in [0, 1] for the mean.
"""

_CITATION = r"""
@inproceedings{kull2019beyond, title={Beyond Temperature Scaling: Obtaining Well-Calibrated Multi-Class Probabilities with Dirichlet Calibration},
  author={Kull, Meelis and Perello-Nieto, Miquel and K{\"a}ngsepp, Markus and Silva Filho, Telmo and Song, Hao and Flach, Peter}, booktitle={NeurIPS}, year={2019}}
"""


class ClasswiseECE(huggingface.ArrayMetric):
    """Class-wise ECE by the core of Calibrant."""

    description, citation_text, arguments = _DESCRIPTION, _CITATION, _KWARGS_DESCRIPTION

    def _measure(self, predictions, references, n_bins=15, average="mean", logits=False):
        return {"classwise_ece": metrics.classwise_calibration_error(predictions, references, n_bins=n_bins, average=average, logits=logits)}
