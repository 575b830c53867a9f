"""Cells of binned errors, and intervals, null expectations and p-values from the published formulas over them."""
import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

ALPHA = 0.05  # of all intervals
UNKNOWN = "-"  # the oracle has no opinion


@dataclass
class Cells:
    """Non-empty cells, with sums of w, w c, w a and of the w^2 that variances of importance weights need."""
    w: np.ndarray
    q: np.ndarray
    c: np.ndarray
    a: np.ndarray
    gap: np.ndarray  # sum w (c - a)
    ss: np.ndarray  # sum (c - a)^2, of unweighted rows
    v: np.ndarray  # sum c (1 - c), of unweighted rows
    W: float


def bin_of(c, bins):
    return np.clip(np.searchsorted(np.linspace(0, 1, bins + 1), c, side="right") - 1, 0, bins - 1)


def cells(c, a, w, keys):
    rows = {}
    for i, key in enumerate(keys):
        if w[i] > 0:
            rows.setdefault(key, []).append(i)
    columns = [[] for _ in range(7)]
    for key in sorted(rows):
        i = np.array(rows[key])
        for column, terms in zip(columns, (w[i], w[i] ** 2, w[i] * c[i], w[i] * a[i], w[i] * (c[i] - a[i]),
                                           (c[i] - a[i]) ** 2, c[i] * (1 - c[i]))):
            column.append(math.fsum(terms))
    return Cells(*(np.array(x) for x in columns), math.fsum(w))


def top_cells(d):
    return cells(d.c, d.a, d.w, bin_of(d.c, d.bins))


def conditional_cells(d):
    return cells(d.c, d.a, d.w, list(zip(d.prediction, bin_of(d.c, d.bins))))


def class_cells(d, k):
    return cells(d.p[:, k], (d.labels == k).astype(float), d.w, bin_of(d.p[:, k], d.bins))


def joined(parts):
    """The cells of several columns as one set, each row counted once per column."""
    arrays = (np.concatenate([getattr(p, f) for p in parts]) for f in ("w", "q", "c", "a", "gap", "ss", "v"))
    return Cells(*arrays, sum(p.W for p in parts))


def l1(x):
    return math.fsum(abs(x.gap)) / x.W


# ---- inference: moments, De Moivre, three-moment gamma, the bounds of metrics.md 10

M1 = math.sqrt(2 / math.pi)
M3 = M1 * (4 / math.pi - 1)


def z_of(tail):
    return stats.norm.isf(tail)


def gamma3(mean, variance, third):
    shape = 4 * variance**3 / third**2
    scale = math.sqrt(variance / shape)
    return stats.gamma(shape, loc=mean - shape * scale, scale=scale)


def wilson(x, n):
    z, q = z_of(ALPHA / 2), x / n
    half = z * math.sqrt(q * (1 - q) / n + z * z / (4 * n * n))
    low, high = ((q + z * z / (2 * n) + s * half) / (1 + z * z / n) for s in (-1, 1))
    return (0 if x == 0 else low), (1 if x == n else high)


def clopper_pearson(x, n, alpha):
    return (0 if x == 0 else stats.beta.ppf(alpha / 2, x, n - x + 1)), (1 if x == n else
                                                                       stats.beta.isf(alpha / 2, x + 1, n - x))


def two_sided(value, expected, deviation):
    if deviation == 0:
        return 1.0 if abs(value - expected) < 1e-12 else 0.0
    return 2 * stats.norm.sf(abs(value - expected) / deviation)


def mean_interval(d, x, lowest, highest):
    """Of the weighted mean of the row values x, as far as it lies between what the mean can be."""
    mean = math.fsum(d.w * x) / d.W
    if d.weight_kind == "importance":
        error = math.sqrt(math.fsum(d.w**2 * (x - mean) ** 2)) / d.W
    else:
        if not d.W > 1:
            return None, None
        error = math.sqrt(math.fsum(d.w * (x - mean) ** 2) / (d.W - 1) / d.W)
    return max(mean - z_of(ALPHA / 2) * error, lowest), min(mean + z_of(ALPHA / 2) * error, highest)


def null_deviation(d, variance):
    v = d.w**2 if d.weight_kind == "importance" else d.w
    return math.sqrt(math.fsum(v * variance)) / d.W


def l1_null(x):
    """(expected, p-value, 95 % floor) of the plug-in L1 error of calibrated rows."""
    k = x.v > 1e-15
    if not k.any() or (x.w < 2).any():
        return UNKNOWN, UNKNOWN, UNKNOWN
    n, p, V, N = x.w[k], x.c[k] / x.w[k], x.v[k], x.W
    v = np.minimum(np.floor(n * p) + 1, n)
    mad = 2 * v * np.exp(special.gammaln(n + 1) - special.gammaln(v + 1) - special.gammaln(n - v + 1) + v * np.log(p) +
                         (n - v + 1) * np.log1p(-p))
    m = mad * np.sqrt(V / (n * p * (1 - p)))
    law = gamma3(m.sum() / N, (V - m * m).sum() / N**2, M3 * (V**1.5).sum() / N**3)
    return m.sum() / N, law.sf(l1(x)), law.isf(0.05)


def l1_interval(x, total_alpha=ALPHA):
    """Two-sided interval of the binned L1 error: each bound at alpha / 2."""
    alpha = total_alpha / 2
    if (x.w < 2).any() or (x.v <= 1e-15).all():
        return UNKNOWN, UNKNOWN
    n, p, N = x.w, x.c / x.w, x.W
    shrunk = (x.a + 2 * p) / (n + 2)
    v = np.maximum(n * shrunk * (1 - shrunk) - np.maximum(n * p * (1 - p) - x.v, 0), 0)
    s, r = np.sqrt(v), np.sqrt(np.maximum(v, x.v))
    noise = gamma3(M1 * r.sum() / N, (1 - M1**2) * (r * r).sum() / N**2, M3 * (r**3).sum() / N**3)
    partial = np.concatenate([[0], np.cumsum(x.gap)])
    switch = abs(2 * partial - partial[-1]).max() / N
    if alpha == 0.025:
        critical = 3.20 if len(n) <= 15 else 3.35 if len(n) <= 60 else 3.52
    else:  # any other level: Pitman's bound
        critical = math.sqrt(stats.chi2.isf(alpha / 4, 3))
    error = l1(x)
    lower = max(0, error - noise.isf(alpha / 2), switch - critical * math.sqrt((r * r).sum()) / N)

    s1, s2 = s.sum() / N, (s * s).sum() / N**2
    spread = max((x.gap**2 / n).sum() / N - error**2, 0) / N
    seen = max(error, M1 * np.sqrt(x.v).sum() / N)

    def h(t):
        return t * (2 * stats.norm.cdf(t) - 1) + 2 * stats.norm.pdf(t)

    def excess(t):
        return s1 * h(t) - z_of(alpha) * math.sqrt(s2 * max(1 + t * t - h(t)**2, 0) + spread) - seen

    high = 1.0
    while excess(high) < 0:
        high *= 2
    upper = optimize.brentq(excess, 0, high, xtol=1e-14, rtol=1e-14) * s1
    return min(lower, 1), min(max(upper, lower), 1)


def l2_inference(x):
    """(lower, upper, p-value) of the L2 error, default construction."""
    two = x.w > 1
    if (x.w < 2).any() or (x.v <= 1e-15).all():
        return UNKNOWN, UNKNOWN, UNKNOWN
    n, N, g = x.w, x.W, x.gap / x.w
    T = ((x.gap**2 - x.ss) / (n - 1))[two].sum() / N
    s1 = ((n / N * (4 * g * g * x.ss / n - 3 * g**4)).sum() - ((n / N * g * g).sum())**2) / N
    s0 = 2 / N**2 * (n / (n - 1) * (x.v / n)**2).sum()
    s = math.sqrt(max(s1, 0) + s0)
    z2, z1, t = z_of(ALPHA / 2), z_of(ALPHA), max(T, 0)
    lower = t - z2 * s if t >= 2 * z2 * s else t / 2 if t >= 2 * z1 * s else max(t - z1 * s, 0)
    p = gamma3(0, s0, 8 * ((x.v / n)**3).sum() / N**3).sf(T)
    return math.sqrt(lower), min(math.sqrt(t + z2 * s), 1), p
