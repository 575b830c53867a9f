"""calibrant: Platt scaling of logits as they are, each class against the rest, from scores in memory to the fitted calibrator."""

import calibrant

VERSION = calibrant.__version__


def prepare(scores, labels):
    def measure():
        return calibrant.PlattScaling(logits=True, scores="raw").fit(scores, labels).parameters_["A"][0]

    return measure
