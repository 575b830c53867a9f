"""Calibrators of other packages: reads DATA (npz: scores, labels, new), fits METHOD and writes OUT (npz: probabilities, and parameters).

usage: calibrator_peers.py METHOD DATA OUT. Runs in .venv-bench (tools/install_deps.sh --bench).
"""

import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def probmetrics(name, p, y, new):
    from probmetrics.calibrators import get_calibrator

    fitted = get_calibrator(name)
    fitted.fit(p, y)
    kept = {}
    for attribute in ("v_", "b_", "W_", "w_"):
        if hasattr(fitted, attribute):
            kept[attribute] = np.asarray(getattr(fitted, attribute))
    return {"probabilities": np.asarray(fitted.predict_proba(new)), **kept}


def netcal_histogram(p, y, new):
    from netcal.binning import HistogramBinning

    fitted = HistogramBinning(bins=15)
    fitted.fit(p, y)
    return {"probabilities": fitted.transform(new)}


def netcal_isotonic(p, y, new):
    from netcal.binning import IsotonicRegression

    fitted = IsotonicRegression()
    fitted.fit(p, y)
    return {"probabilities": fitted.transform(new)}


METHODS = {
    "probmetrics ts-mix": lambda p, y, new: probmetrics("ts-mix", p, y, new),
    "probmetrics svs": lambda p, y, new: probmetrics("svs", p, y, new),
    "probmetrics sms": lambda p, y, new: probmetrics("sms", p, y, new),
    "netcal histogram": netcal_histogram,
    "netcal isotonic": netcal_isotonic,
}

if __name__ == "__main__":
    method, data, out = sys.argv[1:]
    with np.load(data) as held:
        np.savez(out, **METHODS[method](held["scores"], held["labels"], held["new"]))
