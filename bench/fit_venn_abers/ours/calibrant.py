"""calibrant: Venn-Abers of each class against the rest; learns from the rows and maps them."""

import calibrant
import numpy as np

VERSION = calibrant.__version__


def prepare(scores, labels):
    rows = np.arange(len(labels))

    def measure():
        fitted = calibrant.VennAbers().fit(scores, labels)
        return float(fitted.predict_proba(scores)[rows, labels].mean())

    return measure
