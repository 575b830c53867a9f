#!/usr/bin/env python3
"""Writes the reference values of tests/reference: every metric of the catalogue (metrics.csv), the class table and the
reliability diagrams (tables.csv) on small data sets (datasets/*.csv).

Each metric is computed from its plain definition over the rows, with exact sums (math.fsum), and each interval, null
expectation and p-value from the published formulas over the cells; nothing is shared with the library, whose states
hold rounded integers. Integer frequency weights are computed as repeated rows, which is what they mean.

A new metric needs a function here that returns its value: `METRICS["name"]`. A cell is empty where the metric has no
value, and "-" where the oracle has no opinion (a formula of few rows, say).

Usage: oracle.py [FOLDER]      needs numpy and scipy (written with numpy 2.4, scipy 1.17); FOLDER instead of here
"""
import csv
import math
import sys
from pathlib import Path

import numpy as np
from scipy import special, stats

from oracle_data import HERE, data_sets
from oracle_equal_mass import adaptive_classwise
from oracle_inference import (ALPHA, UNKNOWN, bin_of, class_cells, clopper_pearson, conditional_cells, joined, l1,
                              l1_interval, l1_null, l2_inference, mean_interval, null_deviation, top_cells, two_sided,
                              wilson)
from oracle_rows import (classwise_ks, hosmer_lemeshow_multinomial, kde_canonical_error, log_loss_part, skce_unbiased,
                         t_cal)
from oracle_selective import SELECTIVE_METRICS
from oracle_smooth import smooth_ece
from oracle_sorted import (adaptive_ece, adaptive_ece_l2_debiased, adaptive_rmsce, corp_discrimination,
                           corp_miscalibration, corp_uncertainty, hosmer_lemeshow, ks_error, kuiper_error, mmce, sweep)

NORM = 3.0  # of ece_lp and classwise_ece_lp
TOP_K = 5

# Metrics: each returns a dictionary of numbers by the suffix of the column; "" is the value


def accuracy(d):
    effective = d.W if d.weight_kind == "frequency" else d.W**2 / math.fsum(d.w**2)
    value = math.fsum(d.w * d.a) / d.W
    low, high = wilson(value * effective, effective)
    expected = math.fsum(d.w * d.c) / d.W
    return {"": value, "lower": low, "upper": high, "expected": expected,
            "p_value": two_sided(value, expected, null_deviation(d, d.c * (1 - d.c)))}


def mean_confidence(d):
    low, high = mean_interval(d, d.c, 0, 1)
    return {"": math.fsum(d.w * d.c) / d.W, "lower": low, "upper": high}


def confidence_gap(d):
    value = math.fsum(d.w * (d.c - d.a)) / d.W
    low, high = mean_interval(d, d.c - d.a, -1, 1)
    return {"": value, "lower": low, "upper": high, "expected": 0.0,
            "p_value": two_sided(value, 0, null_deviation(d, d.c * (1 - d.c)))}


def l1_metric(d, x, factor=1.0, value=None):
    result = {"": (l1(x) if value is None else value) * factor}
    if d.counted:
        expected, p, _ = l1_null(x)
        low, high = l1_interval(x)
        scaled = [y if y == UNKNOWN else y * factor for y in (expected, low, high)]
        result |= {"expected": scaled[0], "p_value": p, "lower": scaled[1], "upper": scaled[2]}
    return result


def ece(d):
    result = l1_metric(d, top_cells(d))
    if d.counted:
        result["floor_95"] = l1_null(top_cells(d))[2]
    return result


def ece_l2_debiased(d):
    x = top_cells(d)
    n = x.w**2 / x.q if d.weight_kind == "importance" else x.w
    theta = math.fsum(x.w[b] / x.W * ((x.gap[b] / x.w[b])**2 - x.a[b] / x.w[b] * (1 - x.a[b] / x.w[b]) / (n[b] - 1))
                      for b in range(len(n)) if n[b] >= 2)
    result = {"": math.sqrt(max(theta, 0)), "signed_square": theta}
    if d.counted:
        result["lower"], result["upper"], result["p_value"] = l2_inference(x)
    return result


def power_mean(x, norm):
    return math.fsum(x.w / x.W * abs(x.gap / x.w)**norm)**(1 / norm)


def rmsce(d):
    x = top_cells(d)
    result = {"": power_mean(x, 2)}
    if d.counted:
        result["lower"], result["upper"], result["p_value"] = l2_inference(x)
    return result


def ece_lp(d):
    return {"": power_mean(top_cells(d), NORM)}


def mce(d):
    x = top_cells(d)
    result = {"": float(max(abs(x.gap / x.w)))}
    if d.counted:
        low = high = 0.0
        for n, c, a in zip(x.w, x.c, x.a):
            l, h = clopper_pearson(a, n, ALPHA / len(x.w))
            low, high = max(low, c / n - h, l - c / n), max(high, c / n - l, h - c / n)
        result |= {"lower": low, "upper": high}
    return result


def one_side(d, sign):
    x = top_cells(d)
    result = {"": math.fsum(np.maximum(sign * x.gap, 0)) / x.W}
    if d.counted:
        # The gap of a calibrated bin is as often positive as negative, in the mean: half of the expected ECE.
        expected = l1_null(x)[0]
        result["expected"] = expected if expected == UNKNOWN else expected / 2
    return result


def class_columns(d):
    return [class_cells(d, k) for k in range(d.K)]


def classwise(d, factor):
    columns = class_columns(d)
    value = math.fsum(l1(x) for x in columns) / d.K
    # the second column of two mirrors the first
    return l1_metric(d, columns[0] if d.K == 2 else joined(columns), factor, value)


def log_loss(d):
    loss = d.loss
    expected = math.fsum(d.w[i] * -math.fsum(special.xlogy(d.p[i], d.p[i])) for i in range(len(d.w))) / d.W
    result = {"expected": expected}
    if d.log_floor is None and np.isinf(loss[d.w > 0]).any():
        return result | {"": None, "lower": None, "upper": None, "p_value": None}
    if d.log_floor is not None:
        floor = -math.log(d.log_floor)
        result["floored_rows"] = math.fsum(d.w[loss > floor])
        loss = np.minimum(loss, floor)
    result[""] = math.fsum(d.w * loss) / d.W
    result["lower"], result["upper"] = mean_interval(d, loss, 0, math.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = np.nan_to_num(d.p * np.log(d.p)**2).sum(axis=1)
    variance = surprise + np.array([-math.fsum(special.xlogy(r, r))**2 for r in d.p])
    result["p_value"] = two_sided(result[""], expected, null_deviation(d, np.maximum(variance, 0)))
    return result


def brier_rows(d):
    return np.array([math.fsum((d.p[i] - (np.arange(d.K) == d.labels[i]))**2) for i in range(len(d.w))])


def brier(d):
    rows = brier_rows(d)
    value = math.fsum(d.w * rows) / d.W
    low, high = mean_interval(d, rows, 0, 2)
    square, cube = (d.p**2).sum(axis=1), (d.p**3).sum(axis=1)
    expected = math.fsum(d.w * (1 - square)) / d.W
    return {"": value, "lower": low, "upper": high, "expected": expected,
            "p_value": two_sided(value, expected, null_deviation(d, np.maximum(4 * (cube - square**2), 0)))}


def brier_calibration(d):
    columns = class_columns(d)
    result = {"": math.fsum(math.fsum(x.w / x.W * (x.gap / x.w)**2) for x in columns)}
    if d.counted:
        # E gap_b^2 = V_b / W_b^2 under calibration
        result["expected"] = math.fsum(math.fsum(x.v / x.w) / x.W for x in columns)
    return result


def brier_refinement(d):
    return {"": brier(d)[""] - brier_calibration(d)[""]}


def spiegelhalter(d):
    v = d.w**2 if d.weight_kind == "importance" else d.w
    variance = math.fsum(v * (1 - 2 * d.c)**2 * d.c * (1 - d.c))
    if not variance > 0:
        return {"": None, "p_value": None}
    z = math.fsum(d.w * (d.a - d.c) * (1 - 2 * d.c)) / math.sqrt(variance)
    return {"": z, "expected": 0.0, "p_value": 2 * stats.norm.sf(abs(z))}


def error_rate(d):
    right = accuracy(d)
    return {"": math.fsum(d.w * (1 - d.a)) / d.W, "lower": 1 - right["upper"], "upper": 1 - right["lower"],
            "expected": 1 - right["expected"], "p_value": right["p_value"]}


def top_k_accuracy(d):
    best = np.argsort(-d.scores, axis=1, kind="stable")[:, :TOP_K]  # the lower class of equal scores first
    effective = d.W if d.weight_kind == "frequency" else d.W**2 / math.fsum(d.w**2)
    value = math.fsum(d.w * (best == d.labels[:, None]).any(axis=1)) / d.W
    low, high = wilson(value * effective, effective)
    return {"": value, "lower": low, "upper": high}


def classwise_ece_lp(d):
    return {"": (math.fsum(power_mean(x, NORM)**NORM for x in class_columns(d)) / d.K)**(1 / NORM)}


def classwise_ece_present(d):
    present = [k for k in range(d.K) if (d.w[d.labels == k] > 0).any()]
    return {"": math.fsum(l1(class_cells(d, k)) for k in present) / len(present), "classes": len(present)}


def share_of_brier(d, factor):
    result = brier(d)
    return {part: x if x is None or part == "p_value" else x * factor for part, x in result.items()}


def skce(d):
    pairs = len(d.labels) // 2
    if d.weighted or pairs < 2:
        return {"": None, "p_value": None}
    residual = np.eye(d.K)[d.labels] - d.p
    first, second = slice(0, 2 * pairs, 2), slice(1, 2 * pairs, 2)
    h = np.exp(-np.linalg.norm(d.p[first] - d.p[second], axis=1)) * (residual[first] * residual[second]).sum(axis=1)
    mean, error = h.mean(), math.sqrt(h.var(ddof=1) / pairs)
    half = stats.norm.isf(ALPHA / 2) * error if pairs >= 500 else math.nan
    bounds = {"lower": mean - half, "upper": mean + half} if pairs >= 500 else {"lower": None, "upper": None}
    return {"": mean, "expected": 0.0, "pairs": float(pairs), **bounds,
            "p_value": stats.norm.sf(mean / error) if error > 0 else UNKNOWN}


METRICS = {
    "accuracy": accuracy,
    "error_rate": error_rate,
    "top_k_accuracy": top_k_accuracy,
    "mean_confidence": mean_confidence,
    "confidence_gap": confidence_gap,
    "ece": ece,
    "ece_l2_debiased": ece_l2_debiased,
    "rmsce": rmsce,
    "ece_lp": ece_lp,
    "mce": mce,
    "overconfidence": lambda d: one_side(d, 1),
    "underconfidence": lambda d: one_side(d, -1),
    "top_label_conditional_ece": lambda d: l1_metric(d, conditional_cells(d)),
    "adaptive_ece": adaptive_ece,
    "adaptive_rmsce": adaptive_rmsce,
    "adaptive_ece_l2_debiased": adaptive_ece_l2_debiased,
    "sweep_ece": lambda d: sweep(d, 1),
    "sweep_rmsce": lambda d: sweep(d, 2),
    "ks_error": ks_error,
    "kuiper_error": kuiper_error,
    "smooth_ece": smooth_ece,
    "mmce": mmce,
    "corp_miscalibration": corp_miscalibration,
    "corp_discrimination": corp_discrimination,
    "corp_uncertainty": corp_uncertainty,
    "hosmer_lemeshow": hosmer_lemeshow,
    "classwise_ece": lambda d: classwise(d, 1.0),
    "classwise_ece_sum": lambda d: classwise(d, float(d.K)),
    "classwise_ece_lp": classwise_ece_lp,
    "classwise_ece_present": classwise_ece_present,
    "ace": adaptive_classwise,
    "classwise_ks": classwise_ks,
    "tace": lambda d: adaptive_classwise(d, 0.01),
    "log_loss": log_loss,
    "log_loss_calibration": lambda d: log_loss_part(d, log_loss, True),
    "log_loss_refinement": lambda d: log_loss_part(d, log_loss, False),
    "brier": brier,
    "brier_half": lambda d: share_of_brier(d, 0.5),
    "brier_mean": lambda d: share_of_brier(d, 1 / d.K),
    "brier_calibration": brier_calibration,
    "brier_refinement": brier_refinement,
    "spiegelhalter_z": spiegelhalter,
    "skce": skce,
    "skce_unbiased": skce_unbiased,
    "kde_canonical_error": kde_canonical_error,
    "t_cal": t_cal,
    "hosmer_lemeshow_multinomial": hosmer_lemeshow_multinomial,
    **SELECTIVE_METRICS,
}

# How far the library may be from these numbers, absolute + relative. Values: the grid of the exact sums (2^-51) over
# sums of at most 5,000 rows. Inference: quantiles and roots of two implementations. The null moments of log loss and of
# the Brier score are kept to seven digits per row in the library.
VALUE, INFERENCE, SEVEN_DIGITS = "1e-12 1e-12", "1e-10 1e-8", "1e-7 1e-6"
TOLERANCES = {"log_loss.expected": SEVEN_DIGITS, "log_loss.p_value": "1e-6 1e-4", "brier.p_value": "1e-6 1e-4",
              "brier_half.p_value": "1e-6 1e-4", "brier_mean.p_value": "1e-6 1e-4",
              # two solvers and two quadratures; the moments of noise are taken on a coarse grid
              "smooth_ece": "2e-6 0", "smooth_ece.expected": "1e-4 1e-2", "smooth_ece.p_value": "1e-3 5e-2",
              "smooth_ece.lower": "1e-4 1e-2", "smooth_ece.upper": "1e-4 1e-2",
              # the root of a sum of pairs that cancels; the expectation is a sum of 256 quantiles
              "mmce": "1e-8 1e-10", "mmce.expected": "1e-6 1e-3",
              # tails that start with the root of a statistic, which may be the rounding of 0
              "mmce.p_value": "3e-8 1e-8", "hosmer_lemeshow.p_value": "3e-8 1e-8"}


def tolerance(column):
    if column in TOLERANCES:
        return TOLERANCES[column]
    metric, _, part = column.partition(".")
    exact = part in ("", "signed_square", "floored_rows", "bins", "non_empty_bins", "groups", "square", "score") or column in ("accuracy.expected", "brier.expected",
                                                                        "brier_calibration.expected")
    return VALUE if exact else INFERENCE


# The tables beside the metrics, for some of the data sets
TABLES = ("golden-15", "ties-8", "integer-weights", "real-weights", "real-weights-importance", "one-class-present")


def diagram(d, name, x, keys, bins):
    """Every bin: weight, mean, share, and Clopper-Pearson bounds of the share; nothing for an empty one."""
    present = sorted({k for k, w in zip(keys, d.w) if w > 0})
    for b in range(bins):
        if b not in present:
            yield f"{name}[{b}].count", 0.0
            yield from ((f"{name}[{b}].{part}", None) for part in ("confidence", "accuracy", "lower", "upper"))
            continue
        i = present.index(b)
        rows = x.w[i]**2 / x.q[i] if d.weight_kind == "importance" else x.w[i]
        share = x.a[i] / x.w[i]
        low, high = clopper_pearson(share * rows, rows, ALPHA)
        parts = {"count": x.w[i], "confidence": x.c[i] / x.w[i], "accuracy": share, "lower": low, "upper": high}
        yield from ((f"{name}[{b}].{part}", value) for part, value in parts.items())


def tables(d):
    yield from diagram(d, "top_label", top_cells(d), bin_of(d.c, d.bins), d.bins)
    for k in range(d.K):
        name = f"class[{k}]"
        x = class_cells(d, k)
        hit, said = d.labels == k, d.prediction == k
        predicted = math.fsum(d.w[said])
        yield f"{name}.rows", math.fsum(d.w[hit])
        yield f"{name}.prevalence", math.fsum(d.w[hit]) / d.W
        yield f"{name}.mean_probability", math.fsum(d.w * d.p[:, k]) / d.W
        yield f"{name}.predicted", predicted
        yield f"{name}.precision", math.fsum(d.w[said & hit]) / predicted if predicted else None
        yield f"{name}.mean_confidence", math.fsum(d.w[said] * d.c[said]) / predicted if predicted else None
        yield f"{name}.calibration_error", l1(x)
        if d.counted:
            # simultaneous over the classes: alpha / K each
            low, high = l1_interval(x, ALPHA / d.K)
            yield from ((f"{name}.{part}", y) for part, y in (("lower", low), ("upper", high)) if y != UNKNOWN)
        yield from diagram(d, name, x, bin_of(d.p[:, k], d.bins), d.bins)


def write_data(d, folder):
    if d.file == "golden":
        return
    with open(folder / "datasets" / f"{d.file}.csv", "w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["label"] + ([] if d.weights is None else ["weight"]) + list(range(d.K)))
        for i in range(len(d.labels)):
            weight = [] if d.weights is None else [repr(float(d.weights[i]))]
            rows.writerow([int(d.labels[i])] + weight + [repr(float(x)) for x in d.scores[i]])


def main(folder):
    (folder / "datasets").mkdir(exist_ok=True)
    results = []
    for d in data_sets():
        write_data(d, folder)
        source = d.repeated() if d.counted and d.weights is not None else d
        row = {}
        for name, metric in METRICS.items():
            for part, x in metric(source).items():
                row[name + ("." + part if part else "")] = x
        results.append((d, row))
    columns = sorted({c for _, row in results for c in row}, key=lambda c: (list(METRICS).index(c.split(".")[0]), c))
    with open(folder / "tables.csv", "w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["name", "output", "value", "absolute relative"])
        for d in data_sets():
            if d.name not in TABLES:
                continue
            for output, value in tables(d.repeated() if d.counted and d.weights is not None else d):
                within = INFERENCE if output.endswith(("lower", "upper")) else VALUE
                rows.writerow([d.name, output, "" if value is None else repr(float(value)), within])
    with open(folder / "metrics.csv", "w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        fixed = ["name", "file", "input", "weights", "bins", "log_floor"]
        rows.writerow(fixed + columns)
        rows.writerow(["absolute relative"] + [""] * (len(fixed) - 1) + [tolerance(c) for c in columns])
        for d, row in results:
            options = [d.name, d.file, d.input, d.weight_kind, d.bins, "" if d.log_floor is None else repr(d.log_floor)]
            texts = [UNKNOWN if c not in row or row[c] == UNKNOWN else "" if row[c] is None else repr(float(row[c]))
                     for c in columns]
            rows.writerow(options + texts)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
