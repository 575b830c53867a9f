"""netcal's MMCE, over the matrix of all pairs of rows."""

from netcal.metrics import MMCE

PACKAGE = "netcal"


def prepare(probabilities, labels):
    return lambda: MMCE().measure(probabilities, labels)
