"""calibrant: isotonic regression of each class against the rest, from scores in memory to the fitted calibrator."""

import calibrant
import numpy as np

VERSION = calibrant.__version__


def prepare(scores, labels):
    def measure():
        fitted = calibrant.IsotonicCalibration().fit(scores, labels).parameters_
        knots = int(fitted["knots"][0])
        return np.interp(0.3, fitted["x"][:knots], fitted["y"][:knots])

    return measure
