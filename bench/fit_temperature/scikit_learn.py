"""scikit-learn: its temperature scaler on logits."""

from sklearn.calibration import _TemperatureScaling

PACKAGE = "scikit-learn"


def prepare(scores, labels):
    def measure():
        return _TemperatureScaling().fit(scores, labels).beta_

    return measure
