"""calibrant: temperature scaling, from scores in memory to the fitted calibrator."""

import calibrant

VERSION = calibrant.__version__


def prepare(scores, labels):
    def measure():
        return 1 / calibrant.TemperatureScaling(logits=True).fit(scores, labels).temperature_

    return measure
