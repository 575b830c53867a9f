"""Metrics over sorted confidences, from their definitions over the rows: the drift, bins of equal mass, CORP, pairs."""

import math

import numpy as np
from scipy import integrate, optimize, stats

from oracle_inference import ALPHA, UNKNOWN, cells, gamma3, l1, l1_interval, l1_null, l2_inference


def brownian_tail(x):
    """P(max |B(t)| over [0, 1] > x): the eigenfunctions of the interval, or reflections where those cancel."""
    if x <= 0:
        return 1.0
    if x < 2.5:
        k = np.arange(400)
        odd = 2 * k + 1
        return 1 - 4 / math.pi * math.fsum((-1.0)**k / odd * np.exp(-(odd * math.pi / x)**2 / 8))
    return math.fsum((-1)**k * 4 * stats.norm.sf((2 * k + 1) * x) for k in range(20))


def range_tail(x):
    """P(max B - min B > x), by Feller's density 8 sum (-1)^(k-1) k^2 phi(k r)."""
    if x < 0.3:
        return 1.0
    k = np.arange(1, 200)

    def density(r):
        return 8 * math.fsum((-1.0)**(k - 1) * k * k * np.exp(-(k * r)**2 / 2)) / math.sqrt(2 * math.pi)

    return integrate.quad(density, x, x + 2, epsabs=0, epsrel=1e-11)[0] + integrate.quad(density, x + 2, x + 40,
                                                                                        epsabs=0, epsrel=1e-11)[0]


def once_per_rows(metric):
    """Some data sets are the same rows with other bins; metrics without bins take long enough to keep their answer."""
    kept = {}

    def looked_up(d):
        key = (d.c.tobytes(), d.a.tobytes(), d.w.tobytes(), d.weight_kind)
        if key not in kept:
            kept[key] = metric(d)
        return kept[key]

    return looked_up


def used_rows(d):
    used = d.w > 0
    w = d.w[used]
    return d.c[used], d.a[used], w, (w**2 if d.weight_kind == "importance" else w)


def drift_metric(d, extent_of, tail, mean, alpha=ALPHA):
    c, a, w, v = used_rows(d)
    order = np.argsort(c, kind="stable")
    c, a, w, v = (x[order].astype(np.longdouble) for x in (c, a, w, v))
    last = np.append(np.flatnonzero(np.diff(c)), len(c) - 1)  # of each group of equal confidences
    drift = np.concatenate([[0], np.cumsum(w * (c - a))[last]])
    at = drift[1:] / d.W  # importance weights: V - 2 D M + D^2 Q
    variance = np.cumsum(v * (c - a)**2)[last] - 2 * at * np.cumsum(v * (c - a))[last] + at**2 * v.sum()
    null = math.fsum(v * c * (1 - c))
    sampling = max(math.fsum(v * (c - a)**2), null)
    if d.weight_kind == "importance":
        sampling = max(sampling, float(max(variance)))
    extent = float(extent_of(drift))
    reach = optimize.brentq(lambda x: tail(x) - alpha, 1, 6, xtol=1e-13) * math.sqrt(sampling)
    deviation = math.sqrt(null)
    return {"": extent / d.W, "lower": max(0.0, (extent - reach) / d.W), "upper": min(1.0, (extent + reach) / d.W),
            "expected": min(1.0, mean * deviation / d.W),
            "p_value": tail(extent / deviation) if deviation > 0 else float(extent <= 1e-12 * d.W)}


@once_per_rows
def ks_error(d):
    return drift_metric(d, lambda x: max(abs(x)), brownian_tail, math.sqrt(math.pi / 2))


@once_per_rows
def kuiper_error(d):
    return drift_metric(d, lambda x: max(x) - min(x), range_tail, math.sqrt(8 / math.pi))


# ---- bins of equal mass


def equal_mass_keys(c, w, bins):
    """The bin of every row; weights > 0."""
    edges = []
    if (w == np.floor(w)).all():
        chunks = [x for x in np.array_split(np.sort(np.repeat(c, w.astype(int))), bins) if len(x)]
        edges = [(x[-1] + y[0]) / 2 for x, y in zip(chunks, chunks[1:])]
    else:
        values = np.unique(c)
        reached = np.cumsum([math.fsum(w[c == x]) for x in values])
        for j in range(1, bins):
            last = np.searchsorted(reached, j * math.fsum(w) / bins)
            if last + 1 < len(values):
                edges.append((values[last] + values[last + 1]) / 2)
    edges = np.array(sorted({e for e in edges if 0 < e < 1}))
    return np.searchsorted(edges, c, side="right")


def equal_mass_cells(d, bins):
    c, a, w, _ = used_rows(d)
    return cells(c, a, w, equal_mass_keys(c, w, bins))


def power_mean(x, norm):
    return math.fsum(x.w / x.W * abs(x.gap / x.w)**norm)**(1 / norm)


def adaptive_ece(d):
    x = equal_mass_cells(d, d.bins)
    result = {"": l1(x), "non_empty_bins": len(x.w)}
    if d.counted:
        result["expected"], result["p_value"], result["floor_95"] = l1_null(x)
        result["lower"], result["upper"] = l1_interval(x)
    return result


def adaptive_rmsce(d):
    x = equal_mass_cells(d, d.bins)
    result = {"": power_mean(x, 2)}
    if d.counted:
        result["lower"], result["upper"], result["p_value"] = l2_inference(x)
    return result


def adaptive_ece_l2_debiased(d):
    x = equal_mass_cells(d, d.bins)
    n = x.w**2 / x.q if d.weight_kind == "importance" else x.w
    theta = math.fsum(x.w[b] / x.W * ((x.gap[b] / x.w[b])**2 - x.a[b] / x.w[b] * (1 - x.a[b] / x.w[b]) / (n[b] - 1))
                      for b in range(len(n)) if n[b] >= 2)
    return {"": math.sqrt(max(theta, 0)), "signed_square": theta}


@once_per_rows
def swept_bins(d):
    c, a, w, _ = used_rows(d)
    whole = (w == np.floor(w)).all()
    rows = int(w.sum()) if whole else len(np.unique(c))
    found = 1
    for bins in range(2, max(2, rows)):
        keys = equal_mass_keys(c, w, bins)
        hits, mass = np.bincount(keys, w * a), np.bincount(keys, w)
        accuracy = hits[mass > 0] / mass[mass > 0]
        if (np.diff(accuracy) < (0 if whole else -1e-12)).any():
            break
        found = bins
    return found


def sweep(d, norm):
    bins = swept_bins(d)
    x = equal_mass_cells(d, bins)
    return {"": power_mean(x, norm), "bins": bins, "non_empty_bins": len(x.w)}


def hosmer_lemeshow(d):
    c, a, w, v = used_rows(d)
    keys = equal_mass_keys(c, w, 10)
    groups = [np.flatnonzero(keys == k) for k in np.unique(keys)]

    def sure(rows):
        return set(c[rows]) <= {0.0} or set(c[rows]) <= {1.0}

    while len(groups) > 1 and any(sure(g) for g in groups):
        i = next(i for i, g in enumerate(groups) if sure(g))
        j = i + 1 if i == 0 else i - 1
        groups[min(i, j):max(i, j) + 1] = [np.concatenate([groups[min(i, j)], groups[max(i, j)]])]
    if sure(groups[0]):
        return {"": None, "p_value": None}
    total = 0.0
    for g in groups:
        W = math.fsum(w[g])
        n = W**2 / math.fsum(w[g]**2) if d.weight_kind == "importance" else W
        p, q = math.fsum(w[g] * c[g]) / W, math.fsum(w[g] * a[g]) / W
        total += n * (p - q)**2 / (p * (1 - p))
    return {"": total, "p_value": stats.chi2.sf(total, len(groups)), "groups": len(groups)}


# ---- CORP and pairs of rows


def corp(d):
    c, a, w, _ = used_rows(d)
    values = np.unique(c)
    mass = np.array([math.fsum(w[c == x]) for x in values])
    rate = np.array([math.fsum((w * a)[c == x]) for x in values]) / mass
    fitted = optimize.isotonic_regression(rate, weights=mass).x[np.searchsorted(values, c)]
    score = math.fsum(w * (c - a)**2) / d.W
    best = math.fsum(w * (fitted - a)**2) / d.W
    accuracy = math.fsum(w * a) / d.W
    return score, best, accuracy * (1 - accuracy)


def corp_miscalibration(d):
    score, best, _ = corp(d)
    return {"": score - best, "score": score}


def corp_discrimination(d):
    _, best, uncertainty = corp(d)
    return {"": uncertainty - best}


def corp_uncertainty(d):
    return {"": corp(d)[2]}


@once_per_rows
def mmce(d):
    c, a, w, v = used_rows(d)
    residual = w * (c - a)
    kernel = np.exp(-abs(c[:, None] - c) / 0.4)
    square = max(math.fsum(residual * (kernel @ residual)) / d.W**2, 0.0)
    result = {"": math.sqrt(square), "square": square}
    variance = v * c * (1 - c)
    if len(c) > 1000:
        return result | {"expected": UNKNOWN, "p_value": UNKNOWN}
    if not variance.sum() > 1e-12:
        return result | {"expected": 0.0, "p_value": float(square == 0)}
    # Cumulants of the quadratic form of normal residuals: 2^(r-1) (r-1)! trace of the r-th power.
    form = np.sqrt(np.outer(variance, variance)) * kernel
    twice = form @ form
    mean, spread, third = np.trace(form), 2 * np.trace(twice), 8 * (twice * form).sum()
    law = gamma3(mean, spread, third)
    expected = integrate.quad(lambda x: math.sqrt(max(law.ppf(x), 0)), 0, 1, limit=200)[0] / d.W
    return result | {"expected": min(1.0, expected), "p_value": law.sf(square * d.W**2)}
