"""netcal's ECE."""

from netcal.metrics import ECE

PACKAGE = "netcal"


def prepare(probabilities, labels):
    return lambda: ECE(bins=15).measure(probabilities, labels)
