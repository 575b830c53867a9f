"""Metrics over sorted confidences, from their definitions over the rows."""

import math

import numpy as np
from scipy import stats


def brownian_tail(x):
    """P(max |B(t)| over [0, 1] > x): the eigenfunctions of the interval, or reflections where those cancel."""
    if x <= 0:
        return 1.0
    if x < 2.5:
        k = np.arange(400)
        odd = 2 * k + 1
        return 1 - 4 / math.pi * math.fsum((-1.0)**k / odd * np.exp(-(odd * math.pi / x)**2 / 8))
    return math.fsum((-1)**k * 4 * stats.norm.sf((2 * k + 1) * x) for k in range(20))


def ks_error(d):
    used = d.w > 0
    c, a, w = d.c[used], d.a[used], d.w[used]
    v = w**2 if d.weight_kind == "importance" else w
    drift = [abs(math.fsum(w[c <= t] * (c[c <= t] - a[c <= t]))) for t in np.unique(c)]
    deviation = math.sqrt(math.fsum(v * c * (1 - c)))
    largest = max(drift)
    return {"": largest / d.W, "expected": min(1.0, math.sqrt(math.pi / 2) * deviation / d.W),
            "p_value": brownian_tail(largest / deviation) if deviation > 0 else float(largest <= 1e-12 * d.W)}
