"""Asks the peers themselves: what each metric of `calibrant evaluate --peer NAME` is compared with.

Runs in .venv-bench, where the packages are (tools/install_deps.sh --bench). One request per line of standard input, one answer per line of
standard output, both JSON:

    {"peer": "netcal", "metric": "ece", "scores": "p.npy", "labels": "y.npy", "bins": 15}    ->    {"value": 0.0867}
    {"peer": "netcal", "version": true}                                                      ->    {"version": "1.4.0"}
    {"linspace": 10}                                                                         ->    {"edges": [0.0, 0.1, …]} of torch

`bins` null asks for the peer's own default. A peer that is not there, or that fails on the input, answers {"error": "…"}.
Peers that are on no package index are read from checkouts below the folder CALIBRANT_PEER_SOURCES, if that is set.
"""

import ast
import functools
import importlib
import importlib.metadata
import importlib.util
import json
import os
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

METRICS: dict[tuple[str, str], Callable[[np.ndarray, np.ndarray, dict], float]] = {}


def metric(peer: str, *names: str):
    """Registers a function of probabilities, labels and the keyword for bins."""

    def register(function):
        for name in names:
            METRICS[peer, name] = functools.partial(function, name) if len(names) > 1 else function
        return function

    return register


def confidence(p: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return p.max(axis=1), p.argmax(axis=1) == y


def keyword(name: str, bins: int | None) -> dict:
    return {} if bins is None else {name: bins}


# torchmetrics


@metric("torchmetrics", "ece", "rmsce", "mce")
def torchmetrics_error(name, p, y, bins):
    import torch
    from torchmetrics.functional.classification import multiclass_calibration_error

    norm = {"ece": "l1", "rmsce": "l2", "mce": "max"}[name]
    return multiclass_calibration_error(torch.from_numpy(p), torch.from_numpy(y), p.shape[1], norm=norm, **keyword("n_bins", bins))


@metric("torchmetrics", "ece_l2_debiased")
def torchmetrics_debiased(p, y, bins):
    import torch
    from torchmetrics.functional.classification.calibration_error import _ce_compute

    c, a = confidence(p, y)
    return _ce_compute(torch.from_numpy(c).float(), torch.from_numpy(a).float(), bins or 15, norm="l2", debias=True)


# netcal


@metric("netcal", "ece", "mce", "ace")
def netcal_error(name, p, y, bins):
    import netcal.metrics

    return getattr(netcal.metrics, name.upper())(**keyword("bins", bins)).measure(p, y)


@metric("netcal", "adaptive_ece")
def netcal_equal_mass(p, y, bins):
    import netcal.metrics

    return netcal.metrics.ECE(equal_intervals=False, **keyword("bins", bins)).measure(p, y)


# scikit-learn


@metric("sklearn", "accuracy")
def sklearn_accuracy(p, y, bins):
    from sklearn.metrics import accuracy_score

    return accuracy_score(y, p.argmax(axis=1))


@metric("sklearn", "log_loss")
def sklearn_log_loss(p, y, bins):
    from sklearn.metrics import log_loss

    return log_loss(y, p, labels=range(p.shape[1]))


@metric("sklearn", "brier")
def sklearn_brier(p, y, bins):
    from sklearn.metrics import brier_score_loss

    return brier_score_loss(y, p, labels=range(p.shape[1]))


# uncertainty-calibration


@metric("verified_calibration", "ece")
def verified_ece(p, y, bins):
    import calibration

    return calibration.get_ece(p, y, **keyword("num_bins", bins))


@metric("verified_calibration", "adaptive_ece")
def verified_equal_mass(p, y, bins):
    import calibration

    return calibration.get_ece_em(p, y, **keyword("num_bins", bins))


@metric("verified_calibration", "classwise_ece")
def verified_classwise(p, y, bins):
    import calibration

    return calibration.get_ece(p, y, mode="marginal", **keyword("num_bins", bins))


@metric("verified_calibration", "rmsce", "ece_l2_debiased")
def verified_l2(name, p, y, bins):
    import calibration.utils as package

    debias = name == "ece_l2_debiased"
    if bins is None:
        return package.get_top_calibration_error(p, y, p=2, debias=debias)
    if package.is_discrete(p):
        return package.get_binning_top_ce(p, y, p=2, debias=debias)
    return package.lower_bound_scaling_top_ce(p, y, p=2, debias=debias, num_bins=bins)


# uncertainty-metrics


@metric("gce", "ece", "classwise_ece", "ace", "tace")
def gce_error(name, p, y, bins):
    package = importlib.import_module("uncertainty_metrics.numpy.general_calibration_error")  # a function of that name hides it

    return getattr(package, {"classwise_ece": "sce"}.get(name, name))(y, p, **keyword("num_bins", bins))


@metric("gce", "adaptive_ece")
def gce_adaptive(p, y, bins):
    package = importlib.import_module("uncertainty_metrics.numpy.general_calibration_error")  # a function of that name hides it

    return package.gce(y, p, binning_scheme="adaptive", max_prob=True, class_conditional=False, norm="l1", **keyword("num_bins", bins))


@metric("gce", "rmsce")
def gce_rmsce(p, y, bins):
    """With the package's bins; its own L2 norm squares the weights, which robustness_metrics corrects."""
    package = importlib.import_module("uncertainty_metrics.numpy.general_calibration_error")
    c, a = confidence(p, y)
    slots = np.digitize(c, package.get_adaptive_bins(c, bins or 30))
    rows = np.bincount(slots)
    gaps = np.bincount(slots, a - c.astype(np.float64))
    return np.sqrt(np.sum(gaps[rows > 0] ** 2 / rows[rows > 0]) / len(c))


# PyCalib


@metric("pycalib", "accuracy", "ece", "mce", "classwise_ece", "log_loss", "brier")
def pycalib_metric(name, p, y, bins):
    import pycalib.metrics as package

    one_hot = np.eye(p.shape[1])[y]
    binned = {"ece": package.conf_ECE, "mce": package.conf_MCE, "classwise_ece": package.classwise_ECE}
    if name in binned:
        return binned[name](one_hot if name == "classwise_ece" else y, p, **keyword("bins", bins))
    return {"accuracy": package.accuracy, "log_loss": package.cross_entropy, "brier": package.brier_score}[name](one_hot, p)


# relplot


@metric("relplot", "ece")
def relplot_binned(p, y, bins):
    import relplot.metrics

    c, a = relplot.metrics.multiclass_logits_to_confidences(p, y, probs=True)
    return relplot.metrics.binnedECE(c, a, **keyword("nbins", bins))


@metric("relplot", "smooth_ece")
def relplot_smooth(p, y, bins):
    import relplot.metrics

    return relplot.metrics.smECE(*relplot.metrics.multiclass_logits_to_confidences(p, y, probs=True))


# MAPIE


@metric("mapie", "ece")
def mapie_ece(p, y, bins):
    from mapie.metrics.calibration import expected_calibration_error

    c, a = confidence(p, y)
    return expected_calibration_error(a.astype(int), c, **keyword("num_bins", bins))


@metric("mapie", "classwise_ece")
def mapie_classwise(p, y, bins):
    from mapie.metrics.calibration import expected_calibration_error

    return expected_calibration_error(y, p, classwise=True, class_labels=y, **keyword("num_bins", bins))


@metric("mapie", "top_label_conditional_ece")
def mapie_top_label(p, y, bins):
    from mapie.metrics.calibration import top_label_ece

    return top_label_ece(y, p, **keyword("num_bins", bins))


# torch-uncertainty


def torch_uncertainty():
    """The folder of its metrics. The packages above import what the metrics do not need."""
    for name in ("torch_uncertainty", "torch_uncertainty.metrics", "torch_uncertainty.metrics.classification"):
        if name not in sys.modules:
            package = types.ModuleType(name)
            package.__path__ = list(importlib.util.find_spec(name).submodule_search_locations)
            sys.modules[name] = package
    return importlib


@metric("torch_uncertainty", "ece", "rmsce", "mce", "adaptive_ece", "classwise_ece", "classwise_ece_sum", "smooth_ece", "aurc", "augrc", "log_loss", "brier")
def torch_uncertainty_metric(name, p, y, bins):
    import torch

    modules = torch_uncertainty()
    folder = "torch_uncertainty.metrics.classification"
    calibration = modules.import_module(f"{folder}.calibration")
    classes = p.shape[1]
    norms = {"ece": "l1", "rmsce": "l2", "mce": "max"}
    if name in norms:
        built = calibration.CalibrationError("multiclass", num_classes=classes, norm=norms[name], **keyword("num_bins", bins))
    elif name == "adaptive_ece":
        built = calibration.AdaptiveCalibrationError("multiclass", num_classes=classes, **keyword("num_bins", bins))
    elif name.startswith("classwise"):
        built = calibration.ClasswiseCalibrationError(classes, reduction="sum" if name.endswith("sum") else "mean", **keyword("num_bins", bins))
    elif name == "smooth_ece":
        built = calibration.SmoothCalibrationError()
        p = p.astype(np.float32)  # its grids take nothing else
    elif name in ("aurc", "augrc"):
        built = getattr(modules.import_module(f"{folder}.risk_coverage"), name.upper())()
    elif name == "log_loss":
        built = modules.import_module(f"{folder}.categorical_nll").CategoricalNLL()
    else:
        built = modules.import_module(f"{folder}.brier_score").BrierScore(classes)
    built.update(torch.from_numpy(p), torch.from_numpy(y))
    return built.compute()


# Code that is on no package index


def checkout(path: str, only: tuple[str, ...], needs: tuple[tuple[str, str], ...] = ()) -> types.SimpleNamespace:
    """Some definitions of a file below CALIBRANT_PEER_SOURCES, without its imports: `needs` are those that they use, as (name, module)."""
    folder = os.environ.get("CALIBRANT_PEER_SOURCES")
    if not folder or not (Path(folder) / path).exists():
        raise ModuleNotFoundError(f"{path} is on no package index; CALIBRANT_PEER_SOURCES names no folder with it")
    return load_checkout(str(Path(folder) / path), only, needs)


@functools.cache
def load_checkout(path: str, only: tuple[str, ...], needs: tuple[tuple[str, str], ...]) -> types.SimpleNamespace:
    import typing

    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if getattr(node, "name", None) in only]
    numpy = types.SimpleNamespace(**{name: getattr(np, name) for name in dir(np) if not name.startswith("_")}, float=float, int=int)
    scope = {"np": numpy, **{name: getattr(typing, name) for name in ("Any", "Dict", "List", "Optional", "Sequence", "Union")}}
    scope |= {name: importlib.import_module(module) for name, module in needs}
    exec(compile(tree, path, "exec"), scope)
    return types.SimpleNamespace(**scope)


WENGER = "pycalib/pycalib/scoring.py"


@metric("wenger", "ece")
def wenger_ece(p, y, bins):
    importlib.import_module("sklearn.utils.validation")
    importlib.import_module("scipy.stats")
    package = checkout(WENGER, only=("expected_calibration_error",), needs=(("scipy", "scipy"), ("sklearn", "sklearn")))
    return package.expected_calibration_error(y, p, **keyword("n_bins", bins))


@metric("wenger", "accuracy")
def wenger_accuracy(p, y, bins):
    importlib.import_module("sklearn.metrics")
    return checkout(WENGER, only=("accuracy",), needs=(("sklearn", "sklearn"),)).accuracy(y, p)


@metric("temperature_scaling", "ece")
def temperature_scaling_ece(p, y, bins):
    import torch

    package = checkout("temperature_scaling/temperature_scaling.py", only=("_ECELoss",), needs=(("nn", "torch.nn"), ("torch", "torch")))
    # It takes logits. The softmax of logarithms is the probabilities, but not to the last bit, so it is passed over.
    package._ECELoss.forward.__globals__["F"] = types.SimpleNamespace(softmax=lambda scores, dim: scores)
    return package._ECELoss(**keyword("n_bins", bins)).forward(torch.from_numpy(p).float(), torch.from_numpy(y))


@metric("reliability_diagrams", "ece", "mce")
def reliability_diagrams_error(name, p, y, bins):
    package = checkout("reliability-diagrams/reliability_diagrams.py", only=("compute_calibration",))
    key = {"ece": "expected_calibration_error", "mce": "max_calibration_error"}[name]
    return package.compute_calibration(y, p.argmax(axis=1), p.max(axis=1), **keyword("num_bins", bins))[key]


VERSIONS = {
    "torchmetrics": "torchmetrics",
    "netcal": "netcal",
    "sklearn": "scikit-learn",
    "verified_calibration": "uncertainty-calibration",
    "gce": "uncertainty-metrics",
    "pycalib": "pycalib",
    "relplot": "relplot",
    "mapie": "mapie",
    "torch_uncertainty": "torch-uncertainty",
}
# By the date of the last commit.
CHECKOUTS = {"wenger": "2022-02", "temperature_scaling": "2025-07", "reliability_diagrams": "2022-02"}


def version(peer: str) -> str:
    if peer in VERSIONS:
        return importlib.metadata.version(VERSIONS[peer])
    return CHECKOUTS[peer]


def answer(request: dict) -> dict:
    try:
        if "linspace" in request:
            import torch

            return {"edges": torch.linspace(0, 1, request["linspace"] + 1).tolist()}
        if request.get("version"):
            return {"version": version(request["peer"])}
        p, y = np.load(request["scores"]), np.load(request["labels"]).astype(np.int64)
        function = METRICS.get((request["peer"], request["metric"]))
        if function is None:
            return {"error": "the peer has no such metric"}
        return {"value": float(function(p, y, request.get("bins")))}
    except Exception as failure:  # whatever a peer does wrong is an answer
        return {"error": f"{type(failure).__name__}: {failure}"}


def main() -> None:
    warnings.filterwarnings("ignore")
    answers, sys.stdout = sys.stdout, sys.stderr  # some peers print
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
