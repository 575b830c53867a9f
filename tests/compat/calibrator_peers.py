"""Calibrators of other packages: reads DATA (npz: scores, labels, new), fits METHOD and writes OUT (npz: probabilities, and parameters).

usage: calibrator_peers.py METHOD DATA OUT. Runs in .venv-bench (tools/install_deps.sh --bench).
       calibrator_peers.py --store-dirichletcal. Runs where dirichletcal is and rewrites data/dirichletcal.json, its answers on `six_classes`.

dirichletcal declares Python >= 3.12 and wants JAX, so it is not in .venv-bench. To store its answers again:
    python3 -m venv FOLDER; FOLDER/bin/pip install numpy==2.4.6 scikit-learn==1.9.1 jax==0.10.2 jaxlib==0.10.2
    FOLDER/bin/pip install --no-deps --ignore-requires-python dirichletcal==0.5.3
"""

import importlib.metadata
import json
import platform
import sys
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def six_classes():
    """6,000 rows of 6 classes whose labels follow a distorted softmax; the first half is learned from: probabilities, labels, new ones."""
    random = np.random.default_rng(5)
    z = 3 * random.normal(size=(6000, 6))
    truth = softmax(z * np.linspace(0.3, 0.7, 6) + np.linspace(-0.5, 0.5, 6))
    y = (truth.cumsum(axis=1) < random.random((6000, 1))).sum(axis=1)
    p = softmax(z)
    return p[:3000], y[:3000], p[3000:]


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


def netcal_temperature(p, y, new):
    from netcal.scaling import TemperatureScaling

    fitted = TemperatureScaling()
    fitted.fit(p.astype(np.float64), y)
    return {"probabilities": fitted.transform(new.astype(np.float64))}


def netcal_beta(p, y, new):
    """Of class 0 against the rest."""
    from netcal.scaling import BetaCalibration

    fitted = BetaCalibration()
    fitted.fit(p[:, 0].astype(np.float64), (y == 0).astype(int))
    return {"probabilities": fitted.transform(new[:, 0].astype(np.float64))}


def betacal(parameters, solver, p, y, new):
    """A curve for every class against the rest; `solver` replaces the options of its logistic regression."""
    import functools

    import betacal.beta_calibration as package
    from sklearn.linear_model import LogisticRegression

    package.LogisticRegression = functools.partial(LogisticRegression, **solver)
    kept = {"a": [], "b": [], "c": [], "columns": []}
    for k in range(p.shape[1]):
        curve = {"abm": package._BetaCal, "ab": package._BetaABCal, "am": package._BetaAMCal}[parameters]()
        curve.fit(p[:, k], y == k)
        a, b, _ = curve.map_
        kept["a"].append(a)
        kept["b"].append(b)
        kept["c"].append(np.ravel(curve.lr_.intercept_)[0] if parameters != "ab" else (a - b) * np.log(2))
        kept["columns"].append(curve.predict(new[:, k]))
    columns = np.stack(kept.pop("columns"), axis=1)
    return {"columns": columns, "probabilities": columns / columns.sum(axis=1, keepdims=True), **{name: np.array(values) for name, values in kept.items()}}


# The package's own options stop at a gradient of 1e-4.
TO_THE_END = {"tol": 1e-12, "solver": "newton-cholesky", "max_iter": 10000}


def venn_abers_binary(p, y, new):
    """Of class 0 against the rest: every distinct score with its two values, and what they make of new scores."""
    import venn_abers

    curve = venn_abers.VennAbers()
    curve.fit(np.stack([1 - p[:, 0], p[:, 0]], axis=1), (y == 0).astype(int))
    probabilities, pairs = curve.predict_proba(np.stack([1 - new[:, 0], new[:, 0]], axis=1))
    return {"probabilities": probabilities, "p0": pairs[:, 0], "p1": pairs[:, 1]}


def venn_abers_classes(p, y, new):
    import venn_abers

    probabilities, _ = venn_abers.venn_abers.predict_proba_prefitted_va(p, y, new, va_tpe="one_vs_rest")
    return {"probabilities": probabilities}


def dirichletcal(reg_lambda, reg_mu, p, y, new):
    """K x (K + 1): slopes and offsets. Its penalties are sums; those of the paper are means, which the caller divides."""
    from dirichletcal.calib.fulldirichlet import FullDirichletCalibrator

    fitted = FullDirichletCalibrator(reg_lambda=reg_lambda, reg_mu=reg_mu, ref_row=False)
    fitted.fit(p, y)
    return {"weights": np.asarray(fitted.weights), "probabilities": np.asarray(fitted.predict_proba(new))}


METHODS = {
    "probmetrics ts-mix": lambda p, y, new: probmetrics("ts-mix", p, y, new),
    "probmetrics svs": lambda p, y, new: probmetrics("svs", p, y, new),
    "probmetrics sms": lambda p, y, new: probmetrics("sms", p, y, new),
    "netcal histogram": netcal_histogram,
    "netcal isotonic": netcal_isotonic,
    "netcal temperature": netcal_temperature,
    "netcal beta": netcal_beta,
    **{f"betacal {name}": lambda p, y, new, name=name: betacal(name, {}, p, y, new) for name in ("abm", "ab", "am")},
    **{f"betacal {name} to the end": lambda p, y, new, name=name: betacal(name, TO_THE_END, p, y, new) for name in ("abm", "ab", "am")},
    "venn-abers binary": venn_abers_binary,
    "venn-abers classes": venn_abers_classes,
    # lambda 1e-2 and mu 1e-2 of six classes, as means; L2 is the sum in both.
    "dirichletcal odir": lambda p, y, new: dirichletcal(1e-2 / 30, 1e-2 / 6, p, y, new),
    "dirichletcal l2": lambda p, y, new: dirichletcal(1e-3, None, p, y, new),
}


def store_dirichletcal():
    """Weights and not probabilities, which follow from them; with what they were made by."""
    made_by = {name: importlib.metadata.version(name) for name in ("dirichletcal", "jax", "numpy", "scikit-learn")}
    weights = {method: METHODS[f"dirichletcal {method}"](*six_classes())["weights"].tolist() for method in ("odir", "l2")}
    stored = {"made_by": {"python": platform.python_version(), **made_by}, "rows": "calibrator_peers.six_classes", **weights}
    Path(__file__).with_name("data").joinpath("dirichletcal.json").write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--store-dirichletcal"]:
        store_dirichletcal()
        sys.exit()
    method, data, out = sys.argv[1:]
    with np.load(data) as held:
        np.savez(out, **METHODS[method](held["scores"], held["labels"], held["new"]))
