"""scikit-learn: its sigmoid for every class."""

from sklearn.calibration import _SigmoidCalibration

PACKAGE = "scikit-learn"


def prepare(scores, labels):
    def measure():
        return [_SigmoidCalibration().fit(scores[:, k], labels == k) for k in range(scores.shape[1])][0].a_

    return measure
