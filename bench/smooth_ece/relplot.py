"""relplot's smooth ECE of the top label."""

import relplot

PACKAGE = "relplot"


def prepare(probabilities, labels):
    confidence = probabilities.max(axis=1).astype(float)
    hit = (probabilities.argmax(axis=1) == labels).astype(float)
    return lambda: relplot.smECE(confidence, hit)
