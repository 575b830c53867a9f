"""PyCalib's conf_ECE."""

from pycalib.metrics import conf_ECE

PACKAGE = "pycalib"


def prepare(probabilities, labels):
    return lambda: conf_ECE(labels, probabilities, bins=15)
