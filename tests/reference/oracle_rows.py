"""Metrics of the rows themselves, from their definitions: recalibration, pairs of rows, densities, and resampling tests.

Random numbers are those of SplitMix64 (Steele, Lea and Flood 2014): the seed, the stream and the index decide a draw.
"""

import math
from types import SimpleNamespace

import numpy as np
from scipy import optimize, special

from oracle_inference import ALPHA
from oracle_sorted import brownian_tail, drift_metric, once_per_rows

SEED = 0
DRAWS = 1000
STEP = np.uint64(0x9E3779B97F4A7C15)


def scramble(z):
    z = np.asarray(z, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bits(stream, index):
    with np.errstate(over="ignore"):
        start = scramble(scramble(SEED) + np.uint64(stream) * STEP)
        return scramble(start + (np.asarray(index, dtype=np.uint64) + np.uint64(1)) * STEP)


def uniform(stream, index):
    return (bits(stream, index) >> np.uint64(11)).astype(float) * 2.0**-53


def content(p):
    """What a row draws by its probabilities alone, which count to 2^-24."""
    with np.errstate(over="ignore"):
        return bits(0, scramble(np.rint(p * 2.0**24).astype(np.uint64) + np.uint64(1)).sum(axis=1, dtype=np.uint64))


def used(d):
    keep = d.w > 0
    return SimpleNamespace(p=d.p[keep], y=d.labels[keep], w=d.w[keep], loss=d.loss[keep], K=d.K)


def once_per_probabilities(metric):
    kept = {}

    def looked_up(d):
        key = (d.p.tobytes(), d.labels.tobytes(), d.w.tobytes(), d.weight_kind, d.log_floor)
        if key not in kept:
            kept[key] = metric(d)
        return kept[key]

    return looked_up


@once_per_probabilities
def classwise_ks(d):
    columns = []
    for k in range(d.K):
        column = SimpleNamespace(c=d.p[:, k], a=(d.labels == k).astype(float), w=d.w, W=d.W, weight_kind=d.weight_kind)
        columns.append(drift_metric(column, lambda x: max(abs(x)), brownian_tail, math.sqrt(math.pi / 2), ALPHA / d.K))
    mean = {part: math.fsum(x[part] for x in columns) / d.K for part in ("", "lower", "upper", "expected")}
    return mean | {"maximum": max(x[""] for x in columns)}


@once_per_probabilities
def recalibrated_loss(d):
    r = used(d)
    z = np.log(np.maximum(r.p, 2.0**-126))
    fold = content(r.p) % np.uint64(5)
    total, temperature = 0.0, 0.0
    for f in range(5):
        train, test = fold != f, fold == f

        def slope(u):
            s = special.softmax(math.exp(u) * z[train], axis=1)
            return math.fsum(r.w[train] * ((z[train] * s).sum(axis=1) - z[train, :][np.arange(train.sum()), r.y[train]]))

        largest = z[train].max(axis=1) == z[train, :][np.arange(train.sum()), r.y[train]]
        if largest.all() or abs(slope(0)) <= 1e-12 * math.fsum(r.w):
            beta = 1.0
        elif slope(-10) >= 0:
            beta = math.exp(-10)
        else:
            beta = math.exp(optimize.brentq(slope, -10, 10, xtol=1e-15, rtol=1e-15))
        temperature += 1 / beta / 5
        w = r.w[train]
        fitted = math.fsum(w) if d.weight_kind == "frequency" else (math.fsum(w)**2 / math.fsum(w**2) if len(w) else 0.0)
        mixed = 1 / (fitted + 1)
        q = special.softmax(beta * z[test], axis=1)[np.arange(test.sum()), r.y[test]]
        total += math.fsum(r.w[test] * -np.log((1 - mixed) * q + mixed / r.K))
    return total / math.fsum(r.w), temperature


def log_loss_part(d, log_loss, calibration):
    whole = log_loss(d)[""]
    if whole is None:
        return {"": None}
    left, temperature = recalibrated_loss(d)
    return {"": whole - left if calibration else left, "temperature": temperature}


def counted_rows(d):
    """Rows as often as they count, or nothing where weights are no numbers of rows."""
    if d.weight_kind == "importance" or not (d.w == np.floor(d.w)).all():
        return None
    times = np.repeat(np.arange(len(d.w)), d.w.astype(int))
    return SimpleNamespace(p=d.p[times], y=d.labels[times], K=d.K)


@once_per_probabilities
def skce_unbiased(d):
    r = counted_rows(d)
    if r is None or len(r.y) < 2:
        return {"": None, "p_value": None}
    n = len(r.y)
    residual = np.eye(r.K)[r.y] - r.p
    total = []
    for first in range(0, n, 200):
        rows = slice(first, min(first + 200, n))
        distance = np.sqrt(((r.p[rows, None, :] - r.p[None, :, :])**2).sum(axis=2))
        h = np.exp(-distance) * (residual[rows] @ residual.T)
        total.append(math.fsum(np.triu(h, k=first + 1).ravel()))
    value = math.fsum(total) / (n * (n - 1) / 2)
    scale = (n // 2) / 8
    reach = math.sqrt(math.log(2 / ALPHA) / scale)
    return {"": value, "expected": 0.0, "lower": max(value - reach, -2.0), "upper": min(value + reach, 2.0),
            "p_value": math.exp(-scale * value**2) if value > 0 else 1.0}


def by_content(r):
    return np.lexsort((r.y, *r.p.T[::-1], content(r.p)))


def log_kernel(at, rows, width):
    """ln of the Dirichlet density at each of `at` (first axis) of parameters rows / width + 1."""
    logs = np.log(np.maximum(at, 1e-12))
    normaliser = special.gammaln(1 / width + rows.shape[1]) - special.gammaln(rows / width + 1).sum(axis=1)
    return logs @ (rows / width).T + normaliser


@once_per_probabilities
def kde_canonical_error(d):
    r = counted_rows(d)
    if r is None or len(r.y) < 2:
        return {"": None}
    # The width is chosen on the first 500 different rows in the order of their content, each as often as it occurs.
    order = by_content(r)
    p, y = r.p[order], r.y[order]
    new = np.append(True, (p[1:] != p[:-1]).any(axis=1) | (y[1:] != y[:-1]))
    chosen = p[np.cumsum(new) <= 500]
    best = None
    for step in range(-12, 1):
        width = 10.0**(step / 4)
        k = log_kernel(chosen, chosen, width)
        np.fill_diagonal(k, -np.inf)
        likelihood = special.logsumexp(k, axis=1).sum()
        if best is None or likelihood > best[0]:
            best = (likelihood, width)
    width = best[1]
    errors = []
    for first in range(0, len(y), 500):
        k = log_kernel(p[first:first + 500], p, width)
        k[np.arange(len(k)), first + np.arange(len(k))] = -np.inf
        share = special.softmax(k, axis=1)
        f = share @ np.eye(r.K)[y]
        errors += list(np.abs(f - p[first:first + 500]).sum(axis=1))
    return {"": math.fsum(errors) / len(y), "bandwidth": width}


@once_per_rows
def t_cal(d):
    keep = d.w > 0
    c, a, w = d.c[keep], d.a[keep], d.w[keep]
    if d.weight_kind == "importance" or (w != np.floor(w)).any():
        return {"": None, "p_value": None}
    times = np.repeat(np.arange(len(w)), w.astype(int))
    order = times[np.argsort(c[times], kind="stable")]
    c, a = c[order], a[order]
    n = len(c)
    if n < 2:
        return {"": None, "p_value": None}
    levels = n.bit_length() - 1
    table = []
    for r in range(DRAWS + 1):
        outcome = a if r == DRAWS else (uniform(r, np.arange(n)) < c).astype(float)
        row = []
        for level in range(levels, 0, -1):
            m = 2**level
            cell = np.minimum((c * m).astype(int), m - 1)
            rows = np.bincount(cell, minlength=m)
            drift = np.bincount(cell, outcome - c, m)
            squares = np.bincount(cell, (outcome - c)**2, m)
            full = rows > 0
            row.append(np.rint(((drift[full]**2 - squares[full]) / rows[full]).sum() / n * 2.0**40) * 2.0**-40)
        table.append(row)
    table = np.array(table)
    ranks = np.array([[(column >= x).sum() for x in column] for column in table.T]).T  # how many are as large
    columns = levels - 1 - ranks[:, ::-1].argmin(axis=1)
    smallest = ranks.min(axis=1)
    chosen = table[np.arange(DRAWS + 1), columns]
    return {"": chosen[-1], "expected": chosen[:-1].mean(), "p_value": (smallest <= smallest[-1]).mean(),
            "cells": float(2**(levels - columns[-1]))}


@once_per_probabilities
def hosmer_lemeshow_multinomial(d):
    r = counted_rows(d)
    if r is None:
        return {"": None, "p_value": None}
    sums = r.p.sum(axis=0)
    reference = (sums >= sums.max() - 1e-9 * len(r.y)).argmax()
    order = by_content(r)
    order = order[np.argsort(-r.p[order, reference], kind="stable")]
    p, y, n = r.p[order], r.y[order], len(order)
    other = np.clip(1 - p[:, reference], 0, 1)
    ends = np.cumsum([n // 10 + (1 if j < n % 10 else 0) for j in range(10)])[:-1]
    edges = [(other[e - 1] + other[e]) / 2 for e in ends if 0 < e < n]
    group = np.searchsorted(np.unique([e for e in edges if e < 1]), other, side="right")  # 1 is the outer edge
    group = np.unique(group, return_inverse=True)[1]
    expected = np.zeros((group.max() + 1, r.K))
    np.add.at(expected, group, p)

    def statistic(labels):
        counts = np.zeros_like(expected)
        np.add.at(counts, (group, labels), 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = (counts - expected)**2 / expected
        return terms[(expected > 0) | (counts > 0)].sum()

    value = statistic(y)
    if not math.isfinite(value):
        return {"": None, "p_value": None}
    likeliest = np.argsort(-p, axis=1, kind="stable")
    cumulative = np.cumsum(np.take_along_axis(p, likeliest, axis=1), axis=1)
    drawn = []
    for s in range(DRAWS):
        u = uniform(s, np.arange(n)) * cumulative[:, -1]
        place = np.minimum((cumulative <= u[:, None]).sum(axis=1), r.K - 1)
        drawn.append(statistic(likeliest[np.arange(n), place]))
    drawn = np.array(drawn)
    return {"": value, "expected": drawn.mean(), "p_value": (1 + (drawn >= value - 1e-9).sum()) / (DRAWS + 1),
            "groups": float(group.max() + 1)}
