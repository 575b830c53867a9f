"""Expected calibration error for `evaluate.load`: how far a classifier's confidence is from its accuracy."""

from calibrant import huggingface
from calibrant.torchmetrics_rule import calibration_error

_DESCRIPTION = """
The expected calibration error (ECE) puts predictions of similar confidence into bins and averages, over the bins, how far
their mean confidence is from their accuracy. 0 is perfect; 0.05 means that confidence misses accuracy by five percentage
points on average.
"""

_KWARGS_DESCRIPTION = """
Args:
    predictions: probabilities after softmax, (N, C) or (N, C, ...); or of the references' shape: probabilities of class 1
        of two. Logits only with logits=True.
    references: class indices, (N,) or (N, ...).
    num_classes: C, checked if given.
    n_bins: bins of equal width, 15 without it.
    norm: "l1" (the ECE), "l2" (root mean square) or "max" (largest gap of a bin).
    ignore_index: label of positions that do not count.
    logits: predictions are unnormalised log-probabilities.
    compat: "torchmetrics" (its numbers, in which confidences of exactly 1 have a bin of their own) or "textbook".
Returns:
    ece: float in [0, 1].
Examples:
    >>> ece = evaluate.load("ece")
    >>> ece.compute(predictions=[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], references=[0, 2], num_classes=3, n_bins=3, norm="l1")
    {'ece': 0.25}
"""

_CITATION = """
@inproceedings{guo2017calibration, title={On Calibration of Modern Neural Networks},
  author={Guo, Chuan and Pleiss, Geoff and Sun, Yu and Weinberger, Kilian Q.}, booktitle={ICML}, year={2017}}
@inproceedings{kumar2019verified, title={Verified Uncertainty Calibration},
  author={Kumar, Ananya and Liang, Percy and Ma, Tengyu}, booktitle={NeurIPS}, year={2019}}
@inproceedings{nixon2019measuring, title={Measuring Calibration in Deep Learning},
  author={Nixon, Jeremy and Dusenberry, Michael W. and Zhang, Linchuan and Jerfel, Ghassen and Tran, Dustin},
  booktitle={CVPR Workshops}, year={2019}}
"""


class ECE(huggingface.ArrayMetric):
    """Expected calibration error by the core of Calibrant."""

    description, citation_text, arguments = _DESCRIPTION, _CITATION, _KWARGS_DESCRIPTION
    depths = ((2, 1), (1, 1), (2, 2), (3, 2))

    def _measure(
        self, predictions, references, num_classes=None, n_bins=15, norm="l1", ignore_index=None, logits=False, compat="torchmetrics"
    ):
        value = calibration_error(
            predictions,
            references,
            num_classes=num_classes,
            n_bins=n_bins,
            norm=norm,
            ignore_index=ignore_index,
            logits=logits,
            compat=compat,
        )
        return {"ece": value}
